import assert from "node:assert/strict";
import { type PointerReport, verifyPointers } from "../../../src/eventlog/audit/pointers.ts";
import type { EventLog } from "../../../src/eventlog/event_log.ts";
import { LogFault } from "../../../src/eventlog/verifier.ts";
import { json, logOf, recordsOf } from "./records.ts";

const OBSERVED = { type: "AgentObserved", payload: json({ spec_hash: "abc" }) };
const [first] = recordsOf([OBSERVED]);
const HASH = first?.eventHash ?? "";

/** A pointer at the first event as it ought to be. */
const RIGHT = {
  trigger_event_seq: 0,
  trigger_event_hash: HASH,
  trigger_event_type: "AgentObserved",
  trigger_spec_hash: "abc",
};

/** A log of an observation, and of one decision with a payload. */
async function report(payload: unknown): Promise<PointerReport> {
  const decided = { type: "ActionsDecided", payload: json(payload) };
  return await verifyPointers(logOf(recordsOf([OBSERVED, decided])));
}

Deno.test("a pointer that says seq, hash, type and spec hash of an earlier event is right", async () => {
  const expected = {
    valid: true,
    checked: 1,
    error: null,
    mismatch_seq: null,
    expected: null,
    actual: null,
  };
  assert.deepEqual(await report(RIGHT), expected);
  assert.deepEqual(await report({ ...RIGHT, trigger_spec_hash: null }), expected);
});

/** A pointer, and what is wrong with it: the error, what ought to be there, and what is. */
const WRONG: readonly (readonly [Record<string, unknown>, string, unknown, unknown])[] = [
  [{ trigger_event_seq: undefined }, "missing trigger_event_seq", null, null],
  [{ trigger_event_seq: null }, "missing trigger_event_seq", null, null],
  [{ trigger_event_seq: 1 }, "trigger_seq not found", "1", null],
  [{ trigger_event_seq: 7 }, "trigger_seq not found", "7", null],
  [{ trigger_event_seq: -1 }, "trigger_seq not found", "-1", null],
  [{ trigger_event_seq: "0" }, "trigger_seq not found", "0", null],
  [{ trigger_event_hash: "abc" }, "trigger_event_hash mismatch", HASH, "abc"],
  [{ trigger_event_hash: undefined }, "trigger_event_hash mismatch", HASH, null],
  [{ trigger_event_type: "Noted" }, "trigger_event_type mismatch", "AgentObserved", "Noted"],
  [{ trigger_event_type: null }, "trigger_event_type mismatch", "AgentObserved", null],
  [{ trigger_spec_hash: "abd" }, "trigger_spec_hash mismatch", "abc", "abd"],
];

for (const [changed, error, expected, actual] of WRONG) {
  Deno.test(`a pointer with ${JSON.stringify(changed)} is told: ${error}`, async () => {
    assert.deepEqual(
      await report({ ...RIGHT, ...changed }),
      { valid: false, checked: 0, error, mismatch_seq: 1, expected, actual },
    );
  });
}

Deno.test("a decision that says nothing points at nothing", async () => {
  for (const payload of [null, [], "text"]) {
    assert.equal((await report(payload)).error, "missing trigger_event_seq");
  }
});

Deno.test("the event that is pointed at has to have the spec that is said", async () => {
  const decided = { type: "ActionsDecided", payload: json(RIGHT) };
  const noted = { type: "AgentObserved", payload: json({}) };
  const records = recordsOf([noted, decided]);
  const payload = json({ ...RIGHT, trigger_event_hash: records[0]?.eventHash });
  const { error, expected, actual } = await verifyPointers(
    logOf(recordsOf([noted, { type: "ActionsDecided", payload }])),
  );
  assert.deepEqual([error, expected, actual], ["trigger_spec_hash mismatch", null, "abc"]);
});

Deno.test("many events can be pointed at, and what follows the first fault is not read", async () => {
  const many = Array.from({ length: 3_000 }, () => OBSERVED);
  const observed = recordsOf(many);
  const pointAt = (seq: number) => ({
    type: "ActionsDecided",
    payload: json({
      ...RIGHT,
      trigger_event_seq: seq,
      trigger_event_hash: observed[seq]?.eventHash,
    }),
  });
  const wrong = { type: "ActionsDecided", payload: json(RIGHT) };
  const records = recordsOf([...many, pointAt(2_999), pointAt(1_023), pointAt(1_024)]);
  assert.equal((await verifyPointers(logOf(records))).checked, 3);
  const faulty = recordsOf([...many, pointAt(5), { ...wrong, payload: json({}) }, wrong]);
  let reads = 0;
  const log: Pick<EventLog, "read"> = {
    async *read() {
      for (const record of faulty) {
        reads++;
        yield await Promise.resolve(record);
      }
    },
  };
  const { checked, mismatch_seq } = await verifyPointers(log);
  assert.deepEqual([checked, mismatch_seq, reads], [1, 3_001, 3_002]);
});

Deno.test("a fault of the log itself has the name that operators know", async () => {
  const names = {
    malformed: "malformed record",
    seq: "seq mismatch",
    prev_hash: "prev_hash mismatch",
    truncated: "truncated log",
    event_hash: "event_hash mismatch",
  } as const;
  for (const kind of ["malformed", "seq", "prev_hash", "truncated", "event_hash"] as const) {
    const log: Pick<EventLog, "read"> = {
      async *read() {
        yield* await Promise.resolve(recordsOf([OBSERVED]));
        throw new LogFault(1, kind, "this", "that");
      },
    };
    assert.deepEqual(await verifyPointers(log), {
      valid: false,
      checked: 0,
      error: names[kind],
      mismatch_seq: 1,
      expected: "this",
      actual: "that",
    });
  }
});
