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

/** What to read of a log, and what is known of it. */
export interface ObjectRange {
  readonly from: LogPosition;
  /** Seq of the last one, included; the end of the log without it, as it is then. */
  readonly to?: number;
  /** Whether little is behind `from`: then it is counted first, and nothing else is asked for. */
  readonly isShort?: boolean;
  /** How far the log has been seen to go: it must not have become shorter. */
  readonly seen: () => LogPosition;
}

/**
 * The records of a log from a position on.
 *
 * @throws {LogFault} behind the last record that is right
 */
export async function* verifiedObjects(
  events: EventObjects,
  { from, to = Infinity, isShort = false, seen }: ObjectRange,
): AsyncGenerator<StoredRecord> {
  const verifier = new LogVerifier(from);
  const fetch = (seq: number) => events.get(seq);
  let end = isShort ? await endFrom(events, from.nextSeq, seen()) : undefined;
  for (;;) {
    const last = Math.min(to, (end ?? Infinity) - 1);
    for await (const bytes of readAhead(verifier.position.nextSeq, last, MOST_AT_ONCE, fetch)) {
      if (bytes === undefined) break;
      const record = verifier.accept(bytes);
      requireSeen(verifier.position, seen());
      yield record;
    }
    const { nextSeq } = verifier.position;
    if (nextSeq > to || nextSeq === end) return;
    end = await endFrom(events, nextSeq, seen());
    if (nextSeq === end) return;
  }
}

/**
 * Where a log ends of which no event `seq` was found, or which may have gone on since it ended there.
 *
 * @returns `undefined` where it goes on right now: it is to be looked at once more
 * @throws {LogFault} for a log in which an event is missing, or that is shorter than it was seen to be
 */
export async function endFrom(
  events: EventObjects,
  seq: number,
  seen: LogPosition,
): Promise<number | undefined> {
  const { end, next } = await events.runFrom(seq);
  if (next === undefined && seen.nextSeq <= end) return end;
  // What lies behind it was written later, so that by now it has to be there.
  if (await events.has(end)) return undefined;
  if (next !== undefined) throw gap(end, next);
  throw truncated(end, seen);
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
  const { next } = await events.runFrom(last);
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
  return new LogFault(seq, "seq", String(seq), String(next));
}

function truncated(end: number, { nextSeq }: LogPosition): LogFault {
  return new LogFault(end, "truncated", `${nextSeq} events`, `${end} events`);
}
