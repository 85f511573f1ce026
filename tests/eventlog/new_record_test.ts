import assert from "node:assert/strict";
import { JsonError, JsonNumber } from "../../src/eventlog/json.ts";
import { newRecord } from "../../src/eventlog/new_record.ts";
import { readWholly } from "../../src/eventlog/stored_record.ts";
import { BEGINNING } from "../../src/eventlog/verifier.ts";
import { sampleEvent } from "./sample_events.ts";

Deno.test("no record is made that could not be read again", () => {
  for (const ts of ["1.5", "1e3", "01", "", "x", "1.0"]) {
    const event = { ...sampleEvent(0), ts: new JsonNumber(ts) };
    assert.throws(() => newRecord(BEGINNING, event), JsonError, ts);
  }
  const number = { ...sampleEvent(0), payload: [new JsonNumber("1,2")] };
  assert.throws(() => newRecord(BEGINNING, number), JsonError);
});

Deno.test("a record is made of the event, and reads as it", () => {
  for (const ts of ["-12", "0", "123456789012345678901234567890"]) {
    const event = { ...sampleEvent(1), ts: new JsonNumber(ts) };
    const { record, bytes } = newRecord(BEGINNING, event);
    assert.deepEqual(readWholly(bytes).event, { ...event, meta: {}, seq: 0 });
    assert.equal(readWholly(bytes).eventHash, record.eventHash);
  }
});
