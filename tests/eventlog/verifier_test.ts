import assert from "node:assert/strict";
import { DEEPEST } from "../../src/eventlog/json.ts";
import {
  chain,
  FIRST_PREV_HASH,
  type LogRecord,
  readRecord,
  recordText,
  surfaceHash,
} from "../../src/eventlog/record.ts";
import { readStoredRecord, readWholly } from "../../src/eventlog/stored_record.ts";
import { BEGINNING, LogFault, LogVerifier } from "../../src/eventlog/verifier.ts";

async function readLog(name: string): Promise<readonly string[]> {
  const text = await Deno.readTextFile(new URL(`data/${name}.jsonl`, import.meta.url));
  return text.trimEnd().split("\n");
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The first fault of a log; `undefined` for a log that is right. */
function faultOf(lines: readonly (string | Uint8Array)[]): LogFault | undefined {
  const verifier = new LogVerifier();
  try {
    for (const line of lines) verifier.accept(typeof line === "string" ? utf8(line) : line);
  } catch (error) {
    if (error instanceof LogFault) return error;
    throw error;
  }
  return undefined;
}

for (const name of ["log-v1", "log-v2", "log-mixed"]) {
  Deno.test(`${name} verifies, and is written again byte by byte`, async () => {
    const lines = await readLog(name);
    assert.equal(lines.length, 40);
    const verifier = new LogVerifier();
    let last: LogRecord | undefined;
    for (const line of lines) {
      const record: LogRecord = verifier.accept(utf8(line));
      assert.equal(recordText(chain(record.prevHash, record.event)), line);
      last = record;
    }
    assert.deepEqual(verifier.position, { nextSeq: lines.length, prevHash: last?.eventHash });
  });
}

for (
  const [name, seq, kind] of [
    ["log-v1-edited-at-20", 20, "event_hash"],
    ["log-v1-gap-at-11", 11, "seq"],
    ["log-v1-rehashed-at-30", 31, "prev_hash"],
    ["log-v1-swapped-5-6", 5, "seq"],
  ] as const
) {
  Deno.test(`${name} is caught at ${seq}`, async () => {
    const fault = faultOf(await readLog(name));
    assert.deepEqual([fault?.seq, fault?.kind], [seq, kind]);
    assert.notEqual(fault?.expected, fault?.found);
  });
}

Deno.test("any single changed byte of a log is detected", async () => {
  for (const name of ["log-v1", "log-mixed"]) {
    const lines = (await readLog(name)).slice(0, 12);
    for (const [at, line] of lines.entries()) {
      const bytes = new TextEncoder().encode(line);
      for (let index = 0; index < bytes.length; index++) {
        for (const flipped of [0x01, 0x20, 0x80]) {
          const changed = bytes.slice();
          changed[index] = (changed[index] ?? 0) ^ flipped;
          const fault = faultOf([...lines.slice(0, at), changed, ...lines.slice(at + 1)]);
          assert.equal(fault?.seq, at, `${name} ${at} byte ${index} ^ ${flipped}`);
        }
      }
    }
  }
});

Deno.test("what would not be hashed must not be there", async () => {
  const [line = ""] = await readLog("log-v1");
  const added = line.replace('"seq":0', '"note":"unnoticed","seq":0');
  assert.throws(() => readRecord(added), /event."note" is not part of an event/);
  assert.throws(() => readRecord(line.replace(/,"meta":\{.*?\}\}/, "")), /event.meta is missing/);
  assert.throws(() => readRecord(` ${line}`), /canonical form/);
  assert.throws(() => readRecord(line.replace('"seq":0', '"seq":0.0')), /event.seq must be/);
  assert.throws(() => readRecord(line.replace('"seq":0', '"seq":-1')), /event.seq must be/);
});

Deno.test("a record is too deep for all who read it, or for none", () => {
  const deepest = DEEPEST - 1;
  for (const [levels, isRead] of [[deepest, true], [deepest + 1, false]] as const) {
    for (const [open, close] of [["[", "]"], ['{"a":', "}"]] as const) {
      const payload = open.repeat(levels - 1) + "[]" + close.repeat(levels - 1);
      const event = `{"aggregate_id":"a","meta":{},"payload":${payload},"seq":0,"ts":1,"type":"T"}`;
      const hash = surfaceHash(FIRST_PREV_HASH, event);
      const record = `{"event":${event},"event_hash":"${hash}","prev_hash":"${FIRST_PREV_HASH}"}`;
      for (const read of [readStoredRecord, readWholly]) {
        const reading = () => read(utf8(record)).event.seq;
        if (isRead) assert.equal(reading(), 0);
        else assert.throws(reading, /nested more than/);
      }
    }
  }
});

Deno.test("a log is verified from a position that is trusted", async () => {
  const lines = await readLog("log-v1");
  const head = new LogVerifier(BEGINNING);
  for (const line of lines.slice(0, 25)) head.accept(utf8(line));
  const rest = new LogVerifier(head.position);
  for (const line of lines.slice(25)) rest.accept(utf8(line));
  assert.equal(rest.position.nextSeq, lines.length);
  const early = new LogVerifier(head.position);
  assert.throws(() => early.accept(utf8(lines[24] ?? "")), { kind: "seq", seq: 25 });
});
