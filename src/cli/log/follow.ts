import { setTimeout as sleep } from "node:timers/promises";
import type { EventLog } from "../../eventlog/event_log.ts";
import type { StoredRecord } from "../../eventlog/stored_record.ts";
import { LogFault, type LogPosition } from "../../eventlog/verifier.ts";
import { inBatches } from "./batches.ts";

/** Between two looks at the end of the log, in milliseconds. */
const INTERVAL = 1_000;

/**
 * Events as they are appended, until the signal comes.
 *
 * @param from the end of the log when it was last looked at
 * @throws {LogFault} where the log does not go on from there
 */
export async function* follow(
  log: EventLog,
  from: LogPosition,
  signal: AbortSignal,
): AsyncGenerator<readonly StoredRecord[]> {
  for (let end = from; await pause(signal);) {
    const { nextSeq } = await log.head();
    if (nextSeq < end.nextSeq) {
      throw new LogFault(nextSeq, "truncated", `${end.nextSeq} events`, `${nextSeq} events`);
    }
    if (nextSeq === end.nextSeq) continue;
    for await (const records of inBatches(log.read({ fromSeq: end.nextSeq, toSeq: nextSeq - 1 }))) {
      end = after(end, records);
      yield records;
      if (signal.aborted) return;
    }
  }
}

/** The end behind records, which have to follow the end before. */
function after(end: LogPosition, records: readonly StoredRecord[]): LogPosition {
  const [first, last] = [records.at(0), records.at(-1)];
  if (first === undefined || last === undefined) return end;
  if (first.prevHash !== end.prevHash) {
    throw new LogFault(first.seq, "prev_hash", end.prevHash, first.prevHash);
  }
  return { nextSeq: last.seq + 1, prevHash: last.eventHash };
}

/** Waits; `false` once the signal has come. */
async function pause(signal: AbortSignal): Promise<boolean> {
  await sleep(INTERVAL, undefined, { signal }).catch(() => {});
  return !signal.aborted;
}
