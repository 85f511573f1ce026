import assert from "node:assert/strict";
import { EventTable } from "../../src/cli/log/event_table.ts";
import { JsonNumber } from "../../src/eventlog/json.ts";
import { chain, FIRST_PREV_HASH, recordBytes } from "../../src/eventlog/record.ts";
import { readStoredRecord, type StoredRecord } from "../../src/eventlog/stored_record.ts";

function record(type: string, aggregateId: string, seq = 0): StoredRecord {
  const event = { type, aggregateId, seq, payload: null, meta: {}, hashVersion: "v1" } as const;
  return readStoredRecord(
    recordBytes(chain(FIRST_PREV_HASH, { ...event, ts: new JsonNumber("1767225600000") })),
  );
}

const LONG = record("a-type-that-is-quite-long", "universe/a-namespace/an-agent-with-a-name");

Deno.test("a table of events fits a terminal of 80 columns", () => {
  const lines = new EventTable(80).lines([LONG, record("T", "a")]);
  assert.deepEqual(lines.map((line) => [...line].length), [72, 80, 80]);
  assert.match(lines[1] ?? "", / {2}a-type-that-is-quite-… {2}universe\/a-namespace\/… {2}\w{12}$/);
});

Deno.test("a table of events is not cut where there is no terminal", () => {
  const [, line = ""] = new EventTable().lines([LONG]);
  assert.match(line, /a-type-that-is-quite-long {2}universe\/a-namespace\/an-agent-with-a-name /);
});

Deno.test("later events stay in the columns of the first, without titles", () => {
  const table = new EventTable();
  const [, first = ""] = table.lines([record("TypeOfFirst", "aggregate-of-first")]);
  const [later = "", ...rest] = table.lines([record("T", "a", 7)]);
  assert.deepEqual(rest, []);
  assert.equal(later.search(/[0-9a-f]{12}$/), first.search(/[0-9a-f]{12}$/));
});

Deno.test("the place of an event is never cut, however far the log goes on", () => {
  const table = new EventTable(80);
  table.lines([LONG]);
  assert.match(table.lines([record("T", "a", 1_234_567)])[0] ?? "", /^1234567 /);
});

Deno.test("nothing that a log says can steer the terminal", () => {
  const [, line = ""] = new EventTable().lines([record("\u001b]0;title\u0007", "a\u202eb\n")]);
  assert.match(line, /\\u001b\]0;title\\u0007 {2}a\\u202eb\\u000a/);
});
