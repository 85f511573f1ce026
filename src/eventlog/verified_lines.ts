/**
 * The records in the files of a log, verified as they are read.
 *
 * @module
 */
import type { DurableEnd } from "./durable_end.ts";
import { findRecord, lastSeq } from "./find_record.ts";
import { eachLine, endOfLastLine, LineError, type Lines, readLines } from "./lines.ts";
import { confirmPlace, FIRST_PLACE, type Place } from "./places.ts";
import { openFiles, type OpenLogFile } from "./segments.ts";
import type { StoredRecord } from "./stored_record.ts";
import { confirmPosition, LogFault, type LogPosition, LogVerifier } from "./verifier.ts";

/** Most records that are given at once. */
const AT_ONCE = 32;

/** Records that are right, and the place behind them. */
export interface VerifiedLines {
  /** May be none. */
  readonly records: readonly StoredRecord[];
  /** Absent where what follows them is wrong. */
  readonly after?: Place;
}

/**
 * The records of a log from a place on, as the files are now.
 *
 * @param durable nothing is given that is not on the disk
 * @throws {LogFault} behind the last record that is right
 */
export async function* verifiedLines(
  path: string,
  from: Place,
  durable: DurableEnd,
): AsyncGenerator<VerifiedLines> {
  const verifier = new LogVerifier(from.position);
  for await (const opened of openFiles(path, from.file)) {
    const begin = opened.ordinal === from.file ? from.offset : 0;
    yield* linesOf(opened, begin, verifier, durable);
  }
}

/**
 * The place of a position that is trusted. What stands before it is not verified, but for the event
 * that it stands behind; the first segments may be gone.
 *
 * @param near a place well before it, where the log was once: looking for it begins there
 * @throws {LogFault} where the log is not the one of that position, or is shorter
 */
export async function placeOf(path: string, position: LogPosition, near: Place): Promise<Place> {
  if (position.nextSeq === 0) return FIRST_PLACE;
  try {
    return await lookFor(path, position, near);
  } catch (error) {
    if (!(error instanceof LogFault) || near === FIRST_PLACE) throw error;
    // The log is no more what it was: what is wrong with it shows from its beginning.
    return await lookFor(path, position, FIRST_PLACE);
  }
}

async function lookFor(path: string, position: LogPosition, near: Place): Promise<Place> {
  const seq = position.nextSeq - 1;
  let last = -1;
  for await (const { file, ordinal } of openFiles(path, near.file)) {
    const begin = ordinal === near.file ? near.offset : 0;
    const end = await endOfLastLine(file, begin);
    const found = await findRecord(file, begin, end, seq);
    if (found !== undefined) {
      confirmPosition(found.stored, position);
      return { file: ordinal, offset: found.behind, position };
    }
    // A file that has become shorter has no line there.
    if (end > begin) last = await lastSeq(file, end) ?? last;
  }
  if (last >= seq) throw new LogFault(seq, "malformed", "a record", "none of that place");
  throw new LogFault(last + 1, "truncated", `${seq + 1} events`, `${last + 1} events`);
}

async function* linesOf(
  { file, ordinal, isSegment }: OpenLogFile,
  begin: number,
  verifier: LogVerifier,
  durable: DurableEnd,
): AsyncGenerator<VerifiedLines> {
  const { nextSeq } = verifier.position;
  const { size } = await file.stat();
  if (size < begin) throw new LogFault(nextSeq, "truncated", `${begin} bytes`, `${size} bytes`);
  confirmPlace(file, { offset: begin, position: verifier.position });
  // What is behind it is being written, or was left unfinished by a crash.
  const end = await endOfLastLine(file, begin);
  await durable.reach(file, ordinal, end);
  try {
    for await (const read of readLines(file, begin, end)) {
      yield* verified(read, ordinal, verifier);
    }
  } catch (error) {
    if (error instanceof LineError) throw malformed(verifier, error.message);
    throw error;
  }
  if (isSegment && end < size) throw malformed(verifier, "a line without an end in a segment");
  yield { records: [], after: { file: ordinal, offset: end, position: verifier.position } };
}

/** Few at a time, so that they need not be kept for long; those before a fault are given first. */
function* verified(
  lines: Lines,
  file: number,
  verifier: LogVerifier,
): Generator<VerifiedLines> {
  let records: StoredRecord[] = [];
  let offset = lines.end - lines.bytes.length;
  const given = () => ({ records, after: { file, offset, position: verifier.position } });
  try {
    for (const line of eachLine(lines)) {
      records.push(verifier.accept(line));
      offset += line.length + 1;
      if (records.length < AT_ONCE) continue;
      yield given();
      records = [];
    }
  } catch (error) {
    yield { records };
    throw error;
  }
  yield given();
}

function malformed({ position }: LogVerifier, found: string): LogFault {
  return new LogFault(position.nextSeq, "malformed", "a record", found);
}
