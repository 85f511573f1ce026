/**
 * The lines of a file, many at a time.
 *
 * @module
 */

/** Lines that follow each other, in one piece. */
export interface Lines {
  /** Each with its end. */
  readonly bytes: Uint8Array;
  /** Where the next line begins, in bytes. */
  readonly end: number;
}

/** Longest line that is read; no event is that long. Bytes. */
const LONGEST_LINE = 64 * 1_024 * 1_024;

const CHUNK_SIZE = 256 * 1_024;
const LINE_END = 0x0a;

/** What cannot be read as lines. */
export class LineError extends Error {
  override readonly name = "LineError";
}

/**
 * Reads lines from `begin` on up to `end`, which is where a line ends: see {@link endOfLastLine}.
 *
 * @throws {LineError} for a line that is too long, and a file that is shorter than that
 */
export async function* readLines(
  file: Deno.FsFile,
  begin: number,
  end: number,
): AsyncGenerator<Lines> {
  await file.seek(begin, Deno.SeekMode.Start);
  let at = begin;
  const readOn = (rest: Uint8Array) =>
    at < end ? readBehind(file, rest, Math.min(CHUNK_SIZE, end - at)) : undefined;
  let coming = readOn(new Uint8Array());
  try {
    while (coming !== undefined) {
      const bytes: Uint8Array = await coming;
      const from = bytes.lastIndexOf(LINE_END) + 1;
      const rest = bytes.subarray(from);
      at = Math.min(at + CHUNK_SIZE, end);
      if (rest.length > LONGEST_LINE) {
        throw new LineError(`a line is longer than ${LONGEST_LINE} bytes`);
      }
      // The next chunk is read while this one is looked at.
      coming = readOn(rest);
      if (from > 0) yield { bytes: bytes.subarray(0, from), end: at - rest.length };
    }
  } finally {
    // Whoever has seen enough may close the file, but not under a read.
    await coming?.catch(() => {});
  }
}

/** Each line without its end; they share their memory. */
export function* eachLine({ bytes }: Lines): Generator<Uint8Array> {
  let from = 0;
  for (let to = bytes.indexOf(LINE_END); to >= 0; to = bytes.indexOf(LINE_END, from)) {
    yield bytes.subarray(from, to);
    from = to + 1;
  }
}

/** How much of a file's end is looked at first: mostly a line ends with it. */
const LAST_BYTES = 4_096;

/** Where the last line that has an end ends; `begin` where none does from there on. */
export async function endOfLastLine(file: Deno.FsFile, begin: number): Promise<number> {
  const { size } = await file.stat();
  for (let [to, step] = [size, LAST_BYTES]; to > begin; step = CHUNK_SIZE) {
    const from = Math.max(begin, to - step);
    const last = (await readBetween(file, from, to)).lastIndexOf(LINE_END);
    if (last >= 0) return from + last + 1;
    to = from;
  }
  return begin;
}

/** What a file has between two places. */
export async function readBetween(
  file: Deno.FsFile,
  begin: number,
  end: number,
): Promise<Uint8Array<ArrayBuffer>> {
  await file.seek(begin, Deno.SeekMode.Start);
  const bytes = new Uint8Array(end - begin);
  await readInto(file, bytes);
  return bytes;
}

/** Memory for a chunk, with what is left of the one before: as a rule always as much. */
const ROOM = CHUNK_SIZE + 64 * 1_024;

/** The next bytes of a file, behind those of a line that they go on. */
async function readBehind(file: Deno.FsFile, rest: Uint8Array, length: number) {
  const memory = new Uint8Array(Math.max(ROOM, rest.length + length));
  memory.set(rest);
  await readInto(file, memory.subarray(rest.length, rest.length + length));
  return memory.subarray(0, rest.length + length);
}

async function readInto(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const count = await file.read(bytes.subarray(at));
    if (count === null) throw new LineError(`the file ends ${bytes.length - at} bytes too early`);
    at += count;
  }
}
