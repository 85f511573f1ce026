import type { EventLog } from "../../../eventlog/event_log.ts";
import type { StoredRecord } from "../../../eventlog/stored_record.ts";
import { BEGINNING, LogFault, type LogPosition } from "../../../eventlog/verifier.ts";

/** What came of verifying a log. */
export interface Verification {
  /** Events that are right, from the beginning on. */
  readonly events: number;
  /** The hash of the last of them. */
  readonly head: string;
  /** The first thing that is wrong. */
  readonly fault?: LogFault;
}

/** What a log is held against. */
export interface VerifyOptions {
  /** What was verified before, such as by a signed checkpoint: it is not read again. */
  readonly trusted?: LogPosition;
  /** An end that the log once had: it has to be longer now, or the same. */
  readonly remembered?: LogPosition;
  /** Told of each event. */
  readonly onRecord?: (record: StoredRecord) => void;
}

/**
 * Verifies a log up to its end, or to the first fault.
 *
 * @throws {LogStoreError} where it cannot be read
 */
export async function verifyLog(
  log: EventLog,
  { trusted = BEGINNING, remembered = BEGINNING, onRecord = () => {} }: VerifyOptions = {},
): Promise<Verification> {
  let last: StoredRecord | undefined;
  const verified = () =>
    last === undefined
      ? { events: trusted.nextSeq, head: trusted.prevHash }
      : { events: last.seq + 1, head: last.eventHash };
  try {
    demandSame(trusted, remembered);
    for await (const record of log.read({ fromSeq: trusted.nextSeq, trusted })) {
      if (record.seq === remembered.nextSeq - 1) {
        demandSame({ nextSeq: record.seq + 1, prevHash: record.eventHash }, remembered);
      }
      last = record;
      onRecord(record);
    }
    demandLength(verified().events, remembered.nextSeq);
    return verified();
  } catch (error) {
    if (!(error instanceof LogFault)) throw error;
    return { ...verified(), fault: error };
  }
}

/** Positions after different numbers of events say nothing about each other. */
function demandSame(found: LogPosition, remembered: LogPosition): void {
  if (found.nextSeq !== remembered.nextSeq || found.prevHash === remembered.prevHash) return;
  throw new LogFault(found.nextSeq - 1, "event_hash", remembered.prevHash, found.prevHash);
}

function demandLength(found: number, remembered: number): void {
  if (found >= remembered) return;
  throw new LogFault(found, "truncated", `${remembered} events`, `${found} events`);
}
