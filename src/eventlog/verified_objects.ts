/**
 * The records in the objects of a log, verified as they are read.
 *
 * @module
 */
import { findEnd } from "./find_end.ts";
import { type EventObjects, MOST_EVENTS } from "./event_objects.ts";
import { readAhead } from "./read_ahead.ts";
import type { StoredRecord } from "./stored_record.ts";
import { confirmPosition, LogFault, type LogPosition, LogVerifier, readAt } from "./verifier.ts";

/** Most objects that are fetched at the same time. */
const MOST_AT_ONCE = 64;

/**
 * The records of a log from a position on, up to its end as it is then.
 *
 * @param to seq of the last one, included
 * @param seen tells how far the log has been seen to go: it must not have become shorter
 * @throws {LogFault} behind the last record that is right
 */
export async function* verifiedObjects(
  events: EventObjects,
  from: LogPosition,
  to: number,
  seen: () => LogPosition,
): AsyncGenerator<StoredRecord> {
  const verifier = new LogVerifier(from);
  do {
    const begin = verifier.position.nextSeq;
    for await (const bytes of readAhead(begin, to, MOST_AT_ONCE, (seq) => events.get(seq))) {
      if (bytes === undefined) break;
      const record = verifier.accept(bytes);
      requireSeen(verifier.position, seen());
      yield record;
    }
  } while (
    verifier.position.nextSeq <= to && !await isEnd(events, verifier.position.nextSeq, seen())
  );
}

/**
 * Whether the log ends before `seq`, where no event was found.
 *
 * @returns `false` where it has been appended since
 * @throws {LogFault} for a log that goes on behind it, or is shorter than it was seen to be
 */
export async function isEnd(
  events: EventObjects,
  seq: number,
  seen: LogPosition,
): Promise<boolean> {
  const next = await events.firstFrom(seq);
  if (next === undefined && seen.nextSeq <= seq) return true;
  // What lies behind it was written later, so that by now it has to be there.
  if (await events.has(seq)) return false;
  if (next !== undefined) throw gap(seq, next);
  throw truncated(seq, seen);
}

/**
 * The position behind an event.
 *
 * @param bytes its record, as it is stored
 * @throws {LogFault} where it is another event, or not what was hashed
 */
export function positionBehind(bytes: Uint8Array, seq: number): LogPosition {
  const position = { nextSeq: seq + 1, prevHash: readAt(bytes, seq).eventHash };
  confirmPosition(bytes, position);
  return position;
}

/**
 * Sees to it that a log is the one of a position: the event before it is there and has the hash that
 * it says.
 *
 * @throws {LogFault} where it has not, or the log is shorter
 */
export async function requirePosition(events: EventObjects, position: LogPosition): Promise<void> {
  if (position.nextSeq === 0) return;
  const last = position.nextSeq - 1;
  const bytes = await events.get(last);
  if (bytes !== undefined) return confirmPosition(bytes, position);
  const next = await events.firstFrom(last);
  if (next !== undefined) throw gap(last, next);
  const end = await findEnd({ floor: 0, ceiling: last }, (seq) => events.has(seq));
  throw truncated(end, position);
}

/** Where a log ends that has at least the events of a position. */
export function endOf(events: EventObjects, { nextSeq }: LogPosition, hint?: number) {
  return findEnd({ floor: nextSeq, ceiling: MOST_EVENTS, hint }, (seq) => events.has(seq));
}

function requireSeen({ nextSeq, prevHash }: LogPosition, seen: LogPosition): void {
  if (nextSeq !== seen.nextSeq || prevHash === seen.prevHash) return;
  throw new LogFault(nextSeq - 1, "event_hash", seen.prevHash, prevHash);
}

function gap(seq: number, next: number): LogFault {
  return new LogFault(seq, "seq", String(seq), next === seq ? "nothing" : String(next));
}

function truncated(end: number, { nextSeq }: LogPosition): LogFault {
  return new LogFault(end, "truncated", `${nextSeq} events`, `${end} events`);
}
