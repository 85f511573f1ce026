import { EMPTY_STATE, type LogState } from "../checkpoint/state.ts";
import { universeReducer } from "../checkpoint/universe_reducer.ts";
import type { EventLog } from "../event_log.ts";
import type { StoredRecord } from "../stored_record.ts";
import { LogFault } from "../verifier.ts";
import { Decisions } from "./decisions.ts";
import { PointerVerifier } from "./pointers.ts";

/** What is known of a log once it has been read, up to its first fault. */
export interface Audit {
  /** The first thing that is wrong with the log; what else is said is of what comes before it. */
  readonly fault?: LogFault;
  /** Events that are right. */
  readonly events: number;
  readonly applied: number;
  readonly failed: number;
  readonly pointers: PointerVerifier;
  readonly decisions: Decisions;
  readonly state: LogState;
}

/**
 * Reads a log once, verifies it, and gathers what a report says of it.
 *
 * @param atSeq the last event; the end of the log without it
 * @throws {LogStoreError} where the log cannot be read
 */
export async function audit(log: Pick<EventLog, "read">, atSeq?: number): Promise<Audit> {
  const pointers = new PointerVerifier();
  const decisions = new Decisions();
  const counts = new Map<string, number>();
  const reduction = universeReducer.resume(EMPTY_STATE);
  let events = 0;
  const fault = await eachRecord(log, atSeq, (record) => {
    const { event } = record;
    pointers.accept(record);
    decisions.accept(event);
    reduction?.apply(event);
    counts.set(event.type, (counts.get(event.type) ?? 0) + 1);
    events++;
  });
  return {
    fault,
    events,
    applied: counts.get("ActionApplied") ?? 0,
    failed: counts.get("ActionFailed") ?? 0,
    pointers,
    decisions,
    state: reduction?.state() ?? EMPTY_STATE,
  };
}

/**
 * Shows every record up to one, or to the first fault.
 *
 * @returns that fault
 */
export async function eachRecord(
  log: Pick<EventLog, "read">,
  toSeq: number | undefined,
  show: (record: StoredRecord) => void,
): Promise<LogFault | undefined> {
  try {
    for await (const record of log.read({ toSeq })) {
      show(record);
      if (record.seq === toSeq) break;
    }
    return undefined;
  } catch (error) {
    if (error instanceof LogFault) return error;
    throw error;
  }
}
