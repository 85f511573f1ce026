/** A line of a file, without its end. */
export interface Line {
  readonly text: string;
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
 * Reads the lines of a file from `begin` on, to the end of the last that has an end. What stands
 * behind it is left: {@link Line.end} of the last line says where it begins.
 *
 * @throws {LineError} for a line that is too long, or not UTF-8
 */
export async function* readLines(file: Deno.FsFile, begin: number): AsyncGenerator<Line> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let rest = new Uint8Array();
  let restAt = begin;
  await file.seek(begin, Deno.SeekMode.Start);
  for (;;) {
    const chunk = new Uint8Array(CHUNK_SIZE);
    const count = await file.read(chunk);
    if (count === null) return;
    const bytes = joined(rest, chunk.subarray(0, count));
    let at = 0;
    for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, at)) {
      yield { text: decode(decoder, bytes.subarray(at, end)), end: restAt + end + 1 };
      at = end + 1;
    }
    rest = bytes.slice(at);
    restAt += at;
    if (rest.length > LONGEST_LINE) {
      throw new LineError(`a line is longer than ${LONGEST_LINE} bytes`);
    }
  }
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  if (one.length === 0) return other;
  const all = new Uint8Array(one.length + other.length);
  all.set(one);
  all.set(other, one.length);
  return all;
}

function decode(decoder: TextDecoder, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new LineError("a line is not UTF-8", { cause });
  }
}
