/**
 * Where a record is in a file of a log, found by halving: the records of a log are in the order of
 * their places.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { JsonError } from "./json.ts";
import { readBetween } from "./lines.ts";
import { readStoredRecord } from "./stored_record.ts";

/** A record in its file. */
export interface FoundRecord {
  /** Bytes of the file before it, and up to behind the end of its line. */
  readonly begin: number;
  readonly behind: number;
  /** As it is stored. */
  readonly stored: Uint8Array;
}

/** How much of a file is read at once to find where a line ends: many lines are not longer. Bytes. */
const STEP = 4_096;

const LINE_END = 0x0a;

/**
 * Finds the record of a place. Nothing is verified, and a log that is not in order may hide it; lines
 * that cannot be read are passed over.
 *
 * @param begin where a line begins
 * @param end where a line ends
 */
export async function findRecord(
  file: Deno.FsFile,
  begin: number,
  end: number,
  seq: number,
): Promise<FoundRecord | undefined> {
  // The line begins between these two, if it is there.
  let [least, most] = [begin, end];
  while (most - least > STEP) {
    const middle = (least + most) >> 1;
    // A line may begin right there, behind the end of another.
    const from = await behindLineEnd(file, middle - 1, end);
    const probe = await readableFrom(file, from, most, end);
    if (probe === undefined) most = middle;
    else if (probe.seq === seq) return probe.found;
    else if (probe.seq > seq) most = middle;
    else least = probe.found.behind;
  }
  for (let at = least; at < most;) {
    const probe = await readableFrom(file, at, most, end);
    if (probe === undefined || probe.seq === seq) return probe?.found;
    at = probe.found.behind;
  }
  return undefined;
}

/** The place of the last record, if the last line is one. */
export async function lastSeq(file: Deno.FsFile, end: number): Promise<number | undefined> {
  for (let [to, step] = [end - 1, STEP]; to > 0; to -= step, step *= 2) {
    const from = Math.max(0, to - step);
    const bytes = await readBetween(file, from, to);
    const found = Buffer.from(bytes.buffer).lastIndexOf(LINE_END);
    if (found >= 0) return seqOf(await readBetween(file, from + found + 1, end - 1));
  }
  return end > 0 ? seqOf(await readBetween(file, 0, end - 1)) : undefined;
}

/** The first line from `at` on, and beginning before `most`, that is a record. */
async function readableFrom(file: Deno.FsFile, at: number, most: number, end: number) {
  for (let begin = at; begin < most;) {
    const behind = await behindLineEnd(file, begin, end);
    const stored = await readBetween(file, begin, behind - 1);
    const seq = seqOf(stored);
    if (seq !== undefined) return { seq, found: { begin, behind, stored } };
    begin = behind;
  }
  return undefined;
}

/** Behind the first end of a line from `at` on; `end` where there is none before it. */
async function behindLineEnd(file: Deno.FsFile, at: number, end: number): Promise<number> {
  for (let [from, step] = [at, STEP]; from < end; from += step, step *= 2) {
    const bytes = await readBetween(file, from, Math.min(end, from + step));
    const found = Buffer.from(bytes.buffer).indexOf(LINE_END);
    if (found >= 0) return from + found + 1;
  }
  return end;
}

function seqOf(stored: Uint8Array): number | undefined {
  try {
    return readStoredRecord(stored).seq;
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}
