import type { CheckpointFault } from "../../../eventlog/checkpoint/verify_checkpoint.ts";
import type { EventLog } from "../../../eventlog/event_log.ts";
import type { StoredRecord } from "../../../eventlog/stored_record.ts";
import {
  BEGINNING,
  type FaultCause,
  LogFault,
  type LogPosition,
} from "../../../eventlog/verifier.ts";

/** What came of verifying a log. */
export interface Verification {
  /** Events that are right, from the beginning on. */
  readonly events: number;
  /** The hash of the last of them. */
  readonly head: string;
  /** How many of them were read, and not trusted. */
  readonly read: number;
  /** The first thing that is wrong. */
  readonly fault?: VerifyFault;
}

/** What is wrong, and where. */
export interface VerifyFault {
  readonly seq: number;
  readonly cause: VerifyCause;
  readonly expected: string;
  readonly found: string;
}

/** What can be wrong with a log, or with the checkpoint that it is verified from. */
export type VerifyCause = FaultCause | "checkpoint";

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
  const position = () =>
    last === undefined ? trusted : { nextSeq: last.seq + 1, prevHash: last.eventHash };
  try {
    demandSame(trusted, remembered);
    for await (const record of log.read({ fromSeq: trusted.nextSeq, trusted })) {
      if (record.seq === remembered.nextSeq - 1) {
        demandSame({ nextSeq: record.seq + 1, prevHash: record.eventHash }, remembered);
      }
      last = record;
      onRecord(record);
    }
    demandLength(position().nextSeq, remembered.nextSeq);
    return { ...verifiedUpTo(position()), read: position().nextSeq - trusted.nextSeq };
  } catch (error) {
    if (!(error instanceof LogFault)) throw error;
    // What is wrong before the end of what is trusted makes it the end of another log.
    const right = error.seq < trusted.nextSeq ? BEGINNING : position();
    const read = Math.max(0, right.nextSeq - trusted.nextSeq);
    return { ...verifiedUpTo(right), read, fault: faultOf(error) };
  }
}

/** A checkpoint that is not right, as the fault of the log that is to be verified from there. */
export function checkpointFault(
  seq: number,
  { check, expected, found }: CheckpointFault,
): Verification {
  const said = { expected: `${check}: ${expected}`, found };
  return { ...verifiedUpTo(BEGINNING), read: 0, fault: { seq, cause: "checkpoint", ...said } };
}

function verifiedUpTo({ nextSeq, prevHash }: LogPosition) {
  return { events: nextSeq, head: prevHash };
}

function faultOf({ seq, kind, expected, found }: LogFault): VerifyFault {
  return { seq, cause: kind, expected, found };
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
