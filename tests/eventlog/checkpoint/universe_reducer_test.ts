import assert from "node:assert/strict";
import {
  EMPTY_STATE,
  readState,
  type Reduction,
  stateBytes,
  stateHash,
} from "../../../src/eventlog/checkpoint/state.ts";
import {
  fingerprint,
  resumeUniverse,
  universeOf,
  universeReducer,
  type UniverseReduction,
} from "../../../src/eventlog/checkpoint/universe_reducer.ts";
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

/** An action that was decided for `a/b`, applied, and that has failed. */
const ACTION = '{"action_type":"EnsurePVC","target":"a/b-workspace","params":{}}';
const ID = fingerprint({ action_type: "EnsurePVC", target: "a/b-workspace", params: {} });

function lived(): UniverseReduction {
  const reduction = resumeUniverse(EMPTY_STATE);
  assert.ok(reduction);
  const events = [
    ["AgentObserved", '{"spec_hash":"h"}'],
    ["ActionsDecided", `{"agent_id":"a/b","actions":[${ACTION}]}`],
    ["ActionApplied", `{"action_id":"${ID}"}`],
    ["ActionApplied", '{"action_id":"of another decision"}'],
    ["ActionFailed", `{"action_id":"${ID}","error":{"code":"E1"}}`],
    ["ActionFailed", `{"action_id":"${ID}","error":{"code":"E2"}}`],
  ] as const;
  for (const [seq, [type, payload]] of events.entries()) {
    reduction.apply(event(type, parseJson(payload), seq));
  }
  return reduction;
}

Deno.test("an agent that is deleted is forgotten with what was decided and applied for it", () => {
  const reduction = lived();
  reduction.apply(event("AgentDeleted", {}, 6));
  const state = reduction.state();
  const { agents, lastSeenSpecHash, desired, applied, failures } = universeOf(state) ?? {};
  assert.deepEqual([agents, lastSeenSpecHash, desired], [{}, {}, {}]);
  assert.deepEqual(Object.keys(applied ?? {}), ["of another decision"]);
  assert.deepEqual([failures?.length, state.version], [2, 7]);
});

Deno.test("one that was never there is forgotten as well", () => {
  const reduction = begun();
  reduction.apply(event("AgentDeleted", {}));
  assert.equal(reduction.state().version, 1);
});

Deno.test("a universe that was written and read again answers as it did before", () => {
  const before = lived();
  const state = readState(stateBytes(before.state()));
  const after = state && resumeUniverse(state);
  for (const universe of [before, after]) {
    assert.deepEqual(universe?.agents(), ["a/b"]);
    assert.equal(universe.lastSeenSpecHash("a/b"), "h");
    assert.deepEqual(Object.keys(Object(universe.desired("a/b")?.["actions"])), [ID]);
    assert.deepEqual(universe.applied(ID)?.["applied_seq"], new JsonNumber("2"));
    assert.deepEqual(universe.failed(ID)?.["error_code"], "E2");
    assert.deepEqual([universe.desired("c"), universe.applied("c"), universe.failed("c")], [
      undefined,
      undefined,
      undefined,
    ]);
  }
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
