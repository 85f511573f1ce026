import assert from "node:assert/strict";
import { driftOf, hasDrifted, MOST_LISTED } from "../../../src/eventlog/audit/drift.ts";
import type { Universe } from "../../../src/eventlog/checkpoint/universe_reducer.ts";

/** Actions by their ids. */
function actions(...ids: readonly string[]) {
  return Object.fromEntries(ids.map((id) => [id, {}]));
}

/** A universe of agents for whom something was decided, and of what was applied. */
function universe(
  decided: Readonly<Record<string, readonly string[]>>,
  applied: readonly string[],
): Universe {
  const agents = Object.entries(decided);
  return {
    agents: Object.fromEntries(agents.map(([agent]) => [agent, {}])),
    desired: Object.fromEntries(
      agents.map(([agent, ids]) => [agent, { actions: actions(...ids) }]),
    ),
    applied: actions(...applied),
    lastSeenSpecHash: {},
    failures: [],
  };
}

Deno.test("drift is what is missing of an agent's own actions, and what was applied beyond them", () => {
  const drift = driftOf(universe({ b: ["3", "1"], a: ["2"], c: [] }, ["2", "1"]));
  assert.deepEqual(drift, {
    a: { missing_action_ids: [], extra_action_ids: ["1"] },
    b: { missing_action_ids: ["3"], extra_action_ids: ["2"] },
    c: { missing_action_ids: [], extra_action_ids: ["1", "2"] },
  });
  assert.ok(Object.values(drift).every(hasDrifted));
  const [none] = Object.values(driftOf(universe({ a: ["1"] }, ["1"])));
  assert.equal(none && hasDrifted(none), false);
});

Deno.test("long lists are cut, and it is said how long they are", () => {
  const many = Array.from(
    { length: MOST_LISTED + 1 },
    (_, at) => `m${String(at).padStart(4, "0")}`,
  );
  const { a, b } = driftOf(universe({ a: many, b: ["m0000"] }, many.slice(0, MOST_LISTED)));
  assert.deepEqual(a, { missing_action_ids: [many.at(-1)], extra_action_ids: [] });
  assert.equal(b?.extra_action_ids.length, MOST_LISTED - 1);
  assert.equal(b?.extra_total, undefined);

  const none = driftOf(universe({ a: many, b: [] }, []))["a"];
  assert.deepEqual(none?.missing_action_ids, many.slice(0, MOST_LISTED));
  assert.equal(none?.missing_total, MOST_LISTED + 1);
  const all = driftOf(universe({ a: ["x"] }, many))["a"];
  assert.deepEqual(all?.extra_action_ids, many.slice(0, MOST_LISTED));
  assert.equal(all?.extra_total, MOST_LISTED + 1);
});
