/**
 * Puts the events of one log into another, which then has the same records.
 *
 * @module
 */
import type { EventLog } from "../../../eventlog/event_log.ts";
import { chain, EventTooLargeError, LARGEST_RECORD, recordText } from "../../../eventlog/record.ts";
import type { StoredRecord } from "../../../eventlog/stored_record.ts";
import { BEGINNING, type LogPosition } from "../../../eventlog/verifier.ts";
import { inBatches } from "../batches.ts";

/** A log has another event than it ought to have. */
export class OtherEventError extends Error {
  override readonly name = "OtherEventError";

  /** @param expected the hash that the event ought to have */
  constructor(readonly seq: number, readonly expected: string, readonly found: string) {
    super(`seq ${seq}: another event is there: expected ${expected}, found ${found}`);
  }
}

/** How events are appended. */
export interface AppendRestOptions {
  /** How many events are there. */
  readonly present: number;
  /** How many are given to the log at once. */
  readonly atOnce: number;
  /** Told of each event that is in the log. */
  readonly onRecord: (record: StoredRecord) => void;
}

/**
 * Verifies a log that is to be imported.
 *
 * @returns its end
 * @throws {LogFault} where it does not verify
 * @throws {Error} for a record that is too long for a log
 */
export async function verifySource(source: EventLog): Promise<LogPosition> {
  let last: StoredRecord | undefined;
  for await (const record of source.read()) {
    if (record.bytes.length > LARGEST_RECORD) {
      throw new Error(
        `seq ${record.seq}: ${new EventTooLargeError(record.bytes.length).message}; ` +
          "nothing was imported",
      );
    }
    last = record;
  }
  return last === undefined ? BEGINNING : { nextSeq: last.seq + 1, prevHash: last.eventHash };
}

/**
 * Compares the events that a log has with those that are to be in it; one of the two may end first.
 *
 * @returns how many are the same
 * @throws {OtherEventError} at the first that is another
 * @throws {LogFault} where one of the two does not verify
 */
export async function countPresent(source: EventLog, target: EventLog): Promise<number> {
  const wanted = source.read()[Symbol.asyncIterator]();
  let present = 0;
  try {
    for await (const { seq, eventHash } of target.read()) {
      const next = await wanted.next();
      if (next.done) break;
      const expected = next.value.eventHash;
      if (eventHash !== expected) throw new OtherEventError(seq, expected, eventHash);
      present++;
    }
  } finally {
    await wanted.return?.();
  }
  return present;
}

/**
 * Appends the events that are not there yet, in their order.
 *
 * @returns how many
 * @throws {Error} where somebody else appends meanwhile; what was appended before stays
 */
export async function appendRest(
  source: EventLog,
  target: EventLog,
  { present, atOnce, onRecord }: AppendRestOptions,
): Promise<number> {
  let imported = 0;
  for await (const records of inBatches(source.read({ fromSeq: present }), atOnce)) {
    const appends = records.map(async (record) => {
      await appendSame(target, record);
      onRecord(record);
    });
    for (const ended of await Promise.allSettled(appends)) {
      if (ended.status === "rejected") throw ended.reason;
      imported++;
    }
  }
  return imported;
}

/** Appends an event so that the record becomes the one that it is in the other log, byte by byte. */
async function appendSame(target: EventLog, record: StoredRecord): Promise<void> {
  const { event, eventHash, prevHash, seq } = record;
  if (recordText(chain(prevHash, event)) !== record.text) {
    throw new Error(`seq ${seq}: it would be written in another form; it was not imported`);
  }
  const appended = await target.append(event, { expectedPrevHash: prevHash });
  if (appended.kind === "conflict") {
    throw new Error(
      `seq ${seq}: somebody else has appended: the log ends with ${appended.observedPrevHash}`,
    );
  }
  const { record: written } = appended;
  if (written.eventHash === eventHash && written.event.seq === seq) return;
  throw new Error(
    `seq ${seq} with the hash ${eventHash} was written as seq ${written.event.seq} with the hash ` +
      written.eventHash,
  );
}
