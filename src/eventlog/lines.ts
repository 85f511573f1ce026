/**
 * The lines of a file, many at a time.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** Lines that follow each other. */
export interface Lines {
  /** Each without its end; they share their memory. */
  readonly lines: readonly Uint8Array[];
  /** Where the next line begins, in bytes. */
  readonly end: number;
}

/** Longest line that is read; no event is that long. Bytes. */
const LONGEST_LINE = 64 * 1_024 * 1_024;

const CHUNK_SIZE = 512 * 1_024;
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
  let rest = new Uint8Array();
  let at = begin;
  for await (const chunk of chunks(file, begin, end)) {
    at += chunk.length;
    const bytes = joined(rest, chunk);
    const lines: Uint8Array[] = [];
    let from = 0;
    for (let to = bytes.indexOf(LINE_END); to >= 0; to = bytes.indexOf(LINE_END, from)) {
      lines.push(bytes.subarray(from, to));
      from = to + 1;
    }
    rest = bytes.subarray(from);
    if (lines.length > 0) yield { lines, end: at - rest.length };
    if (rest.length > LONGEST_LINE) {
      throw new LineError(`a line is longer than ${LONGEST_LINE} bytes`);
    }
  }
}

/** Where the last line that has an end ends; `begin` where none does from there on. */
export async function endOfLastLine(file: Deno.FsFile, begin: number): Promise<number> {
  const { size } = await file.stat();
  for (let to = size; to > begin;) {
    const from = Math.max(begin, to - CHUNK_SIZE);
    const last = (await readBetween(file, from, to)).lastIndexOf(LINE_END);
    if (last >= 0) return from + last + 1;
    to = from;
  }
  return begin;
}

/**
 * Where the line `count` lines after `begin` begins.
 *
 * @returns how many lines there are instead, where they are too few
 */
export async function skipLines(
  file: Deno.FsFile,
  begin: number,
  end: number,
  count: number,
): Promise<{ readonly offset: number } | { readonly lines: number }> {
  let lines = 0;
  if (count === 0) return { offset: begin };
  for (let at = begin; at < end;) {
    const chunk = await readBetween(file, at, Math.min(end, at + CHUNK_SIZE));
    for (let next = chunk.indexOf(LINE_END); next >= 0; next = chunk.indexOf(LINE_END, next + 1)) {
      if (++lines === count) return { offset: at + next + 1 };
    }
    at += chunk.length;
  }
  return { lines };
}

/** What a file has between two places. */
export async function readBetween(
  file: Deno.FsFile,
  begin: number,
  end: number,
): Promise<Uint8Array<ArrayBuffer>> {
  await file.seek(begin, Deno.SeekMode.Start);
  return await readNext(file, end - begin);
}

/** Reads the next chunk while the one before is looked at. */
async function* chunks(
  file: Deno.FsFile,
  begin: number,
  end: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  await file.seek(begin, Deno.SeekMode.Start);
  const read = (at: number) =>
    at < end ? readNext(file, Math.min(CHUNK_SIZE, end - at)) : undefined;
  let next = read(begin);
  try {
    for (let at = begin; next !== undefined;) {
      const chunk: Uint8Array<ArrayBuffer> = await next;
      at += chunk.length;
      next = read(at);
      yield chunk;
    }
  } finally {
    // Whoever has seen enough may close the file, but not under a read.
    await next?.catch(() => {});
  }
}

async function readNext(file: Deno.FsFile, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const count = await file.read(bytes.subarray(at));
    if (count === null) throw new LineError(`the file ends ${length - at} bytes too early`);
    at += count;
  }
  return bytes;
}

function joined(one: Uint8Array<ArrayBuffer>, other: Uint8Array<ArrayBuffer>) {
  return one.length === 0 ? other : new Uint8Array(Buffer.concat([one, other]));
}
