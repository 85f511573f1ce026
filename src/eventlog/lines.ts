/**
 * The lines of a file, many at a time.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** Lines that follow each other. */
export interface Lines {
  /** Each without its end. */
  readonly texts: readonly string[];
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
 * @throws {LineError} for a line that is too long, bytes that are not UTF-8, and a file that is
 * shorter than that
 */
export async function* readLines(
  file: Deno.FsFile,
  begin: number,
  end: number,
): AsyncGenerator<Lines> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  for await (const { bytes, at } of wholeLines(file, begin, end)) {
    yield { texts: decode(decoder, bytes).split("\n"), end: at + bytes.length + 1 };
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
  const bytes = new Uint8Array(end - begin);
  await file.seek(begin, Deno.SeekMode.Start);
  for (let at = 0; at < bytes.length;) {
    const count = await file.read(bytes.subarray(at));
    if (count === null) throw new LineError(`the file ends at byte ${begin + at}, before ${end}`);
    at += count;
  }
  return bytes;
}

/** Chunks of whole lines, without the end of their last line. */
async function* wholeLines(
  file: Deno.FsFile,
  begin: number,
  end: number,
): AsyncGenerator<{ readonly bytes: Uint8Array; readonly at: number }> {
  let rest = new Uint8Array();
  for (let at = begin; at < end;) {
    const chunk = await readBetween(file, at, Math.min(end, at + CHUNK_SIZE));
    const bytes = joined(rest, chunk);
    const from = at - rest.length;
    at += chunk.length;
    const last = bytes.lastIndexOf(LINE_END);
    if (last >= 0) yield { bytes: bytes.subarray(0, last), at: from };
    rest = bytes.subarray(last + 1);
    if (rest.length > LONGEST_LINE) {
      throw new LineError(`a line is longer than ${LONGEST_LINE} bytes`);
    }
  }
}

function joined(one: Uint8Array<ArrayBuffer>, other: Uint8Array<ArrayBuffer>) {
  return one.length === 0 ? other : new Uint8Array(Buffer.concat([one, other]));
}

function decode(decoder: TextDecoder, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new LineError("it is not UTF-8", { cause });
  }
}
