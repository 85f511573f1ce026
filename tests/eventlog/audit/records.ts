/** Logs that are made up for a test. @module */
import { type Json, JsonNumber, type JsonObject, parseJson } from "../../../src/eventlog/json.ts";
import { chain, FIRST_PREV_HASH, recordBytes } from "../../../src/eventlog/record.ts";
import { readStoredRecord, type StoredRecord } from "../../../src/eventlog/stored_record.ts";

/** An event, with what the test does not care about left out. */
export interface GivenEvent {
  readonly type?: string;
  readonly payload?: Json;
  readonly meta?: JsonObject;
}

/** The records of those events, one after the other. */
export function recordsOf(events: readonly GivenEvent[]): readonly StoredRecord[] {
  let prevHash = FIRST_PREV_HASH;
  return events.map(({ type = "Noted", payload = {}, meta = {} }, seq) => {
    const ts = new JsonNumber(String(seq));
    const event = { type, aggregateId: "a", seq, ts, payload, meta, hashVersion: "v1" } as const;
    const record = chain(prevHash, event);
    prevHash = record.eventHash;
    return readStoredRecord(recordBytes(record));
  });
}

/** A value of JSON, out of one of the language. */
export function json(value: unknown): Json {
  return parseJson(JSON.stringify(value));
}

/** Something to read those records from. */
export function logOf(records: readonly StoredRecord[]) {
  return {
    async *read() {
      yield* records;
    },
  };
}
