import assert from "node:assert/strict";
import {
  EMPTY_STATE,
  readState,
  type Reduction,
  stateBytes,
  stateHash,
} from "../../../src/eventlog/checkpoint/state.ts";
import { universeReducer } from "../../../src/eventlog/checkpoint/universe_reducer.ts";
import type { LogEvent } from "../../../src/eventlog/event.ts";
import { type Json, JsonNumber, type JsonObject, parseJson } from "../../../src/eventlog/json.ts";
import { KNOWN, knownLog } from "./known_checkpoints.ts";

function begun(): Reduction {
  const reduction = universeReducer.resume(EMPTY_STATE);
  assert.ok(reduction);
  return reduction;
}

function event(type: string, payload: Json, seq = 0): LogEvent {
  const ts = new JsonNumber("0");
  return { type, aggregateId: "a/b", seq, ts, payload, meta: {}, hashVersion: "v1" };
}

function textOf(reduction: Reduction): string {
  return new TextDecoder().decode(stateBytes(reduction.state()));
}

Deno.test("behind every event the state is the one that Python comes to", async () => {
  await using log = knownLog();
  const reduction = begun();
  const hashes: string[] = [];
  for await (const { event } of log.read()) {
    reduction.apply(event);
    hashes.push(stateHash(stateBytes(reduction.state())));
  }
  assert.deepEqual(hashes, KNOWN.universe);
});

Deno.test("a state that was written and read again goes on as if nothing had been", async () => {
  await using log = knownLog();
  let reduction = begun();
  for await (const { event } of log.read()) {
    const state = readState(stateBytes(reduction.state()));
    const resumed = state && universeReducer.resume(state);
    assert.ok(resumed);
    reduction = resumed;
    reduction.apply(event);
  }
  assert.equal(stateHash(stateBytes(reduction.state())), KNOWN.universe.at(-1));
});

Deno.test("events of other types leave the state as it is", () => {
  const reduction = begun();
  reduction.apply(event("LeaseTaken", { name: "b" }));
  assert.equal(textOf(reduction), '{"aggregates":{},"version":0}');
});

/** Payloads that no operator writes, and what becomes of them. */
const ODD: readonly (readonly [string, string, string])[] = [
  ["AgentObserved", "[1]", '"agents":{"a/b":{"labels":{},"name":null,"namespace":null'],
  ["ActionsDecided", '{"agent_id": 7, "actions": null}', '"desired":{"a/b":{"actions":{}'],
  ["ActionsDecided", '{"actions": ["no action"]}', '"desired":{"a/b":{"actions":{}'],
  ["ActionApplied", '{"action_id": "__proto__"}', '"applied":{"__proto__":{'],
  ["ActionFailed", '{"result_code": 0.0, "error": {"code": "E"}}', '"result_code":"E"'],
  ["ActionFailed", '{"result_code": {}, "error": "E"}', '"result_code":null'],
];

for (const [type, payload, part] of ODD) {
  Deno.test(`${type} with ${payload} is taken in`, () => {
    const reduction = begun();
    reduction.apply(event(type, parseJson(payload)));
    assert.ok(textOf(reduction).includes(part), textOf(reduction));
    assert.equal(reduction.state().version, 1);
  });
}

Deno.test("a state with anything else in it is another reducer's", () => {
  const foreign: readonly JsonObject[] = [
    { counts: {} },
    { universe: [] },
    { universe: { agents: [] } },
    { universe: { failures: {} } },
    { universe: { weather: {} } },
  ];
  for (const stored of foreign) {
    const state = { version: 1, aggregates: stored };
    assert.equal(universeReducer.resume(state), undefined, JSON.stringify(stored));
  }
});

Deno.test("what is no state is not read", () => {
  for (
    const text of [
      "",
      "[]",
      '{"version":1}',
      '{"version":-1,"aggregates":{}}',
      '{"version":1.0,"aggregates":{}}',
      '{"version":1,"aggregates":[]}',
      '{"version":1,"aggregates":{},"more":1}',
    ]
  ) {
    assert.equal(readState(new TextEncoder().encode(text)), undefined, text);
  }
  assert.equal(readState(new Uint8Array([0xff])), undefined);
});
