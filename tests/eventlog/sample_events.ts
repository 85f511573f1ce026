import type { EventLog, NewEvent } from "../../src/eventlog/event_log.ts";
import { JsonNumber } from "../../src/eventlog/json.ts";
import type { StoredRecord } from "../../src/eventlog/stored_record.ts";

/** An event that says its number. */
export function sampleEvent(number: number, aggregateId = `a${number % 3}`): NewEvent {
  return {
    type: "Decided",
    aggregateId,
    ts: new JsonNumber(String(number)),
    payload: { number: new JsonNumber(String(number)) },
    hashVersion: number % 2 === 0 ? "v1" : "v2",
  };
}

/** Appends events one after the other. Throws where somebody else does so as well. */
export async function fill(log: EventLog, count: number): Promise<void> {
  for (let number = 0; number < count; number++) {
    const { kind } = await log.append(sampleEvent(number));
    if (kind !== "committed") throw new Error("somebody else appends to the log as well");
  }
}

/** The seqs of what is read. */
export async function seqsOf(records: AsyncIterable<StoredRecord>): Promise<number[]> {
  const seqs: number[] = [];
  for await (const { seq } of records) seqs.push(seq);
  return seqs;
}
