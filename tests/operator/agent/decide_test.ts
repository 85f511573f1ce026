import assert from "node:assert/strict";
import fc from "fast-check";
import { EMPTY_STATE } from "../../../src/eventlog/checkpoint/state.ts";
import { resumeUniverse } from "../../../src/eventlog/checkpoint/universe_reducer.ts";
import { JsonNumber, type JsonObject, parseJson } from "../../../src/eventlog/json.ts";
import { decide, type Decision } from "../../../src/operator/agent/decide.ts";
import { actionsDecided } from "../../../src/operator/agent/events.ts";
import type { ObservedAgent } from "../../../src/operator/agent/observe.ts";
import { ROLES } from "../../../src/operator/agent/spec_schema.ts";
import { KNOWN_SPEC, observed } from "./agent_fixture.ts";

/** What a state keeps of a decision. */
function kept(agent: ObservedAgent, decision: Decision): JsonObject | undefined {
  const universe = resumeUniverse(EMPTY_STATE);
  const event = actionsDecided(agent, decision, { seq: 0, hash: "", type: "AgentObserved" });
  universe?.apply({ ...event, seq: 1, ts: new JsonNumber("1"), hashVersion: "v2" });
  return universe?.desired(agent.id);
}

/** What a decision is about, one line for each action. */
function summary({ actions }: Decision): readonly string[] {
  return actions.map(({ action_type, target }) => `${action_type} ${target}`);
}

Deno.test("decides what existing operators decide, with the same ids", () => {
  const decision = decide(undefined, observed("agent-000", KNOWN_SPEC), {
    runtimeClassName: "gvisor",
  });
  assert.deepEqual(decision.actionIds, [
    "02e2a276c672424e1aa0f575fff03cc35568b37dd0c38021e3d415608ba44f79",
    "698c64c870c510a1a285b989bc3010f209155c14c20b97f10a7c0ebae7037a33",
    "a919b93cf409fc5677ad26817cbcdcd1f0824bd2b0e9860b68ab15e3ae9e6c5d",
    "e9e30f11edc31a1a06ca29d170eb054b196e27c662c7c7b98bb471b63d125931",
  ]);
  assert.equal(
    decision.actionsHash,
    "b5df8601f452c39a7f1e66d979d53ff0ef61b5f7b7501290a586662fe4f5792c",
  );
});

Deno.test("a runtime class is asked for only where one is configured", () => {
  const agent = observed("a", KNOWN_SPEC);
  const [plain, sandboxed] = [{}, { runtimeClassName: "kata" }].map((settings) =>
    decide(undefined, agent, settings).actions
      .find(({ action_type }) => action_type === "EnsureDeployment")
  );
  assert.ok(plain?.action_type === "EnsureDeployment" && !("runtime_class" in plain.params.spec));
  assert.ok(sandboxed?.action_type === "EnsureDeployment");
  assert.equal(sandboxed.params.spec.runtime_class, "kata");
});

/** What agents of each role reach, whatever they are permitted. */
const EGRESS = {
  worker: "a-deny-egress",
  sandbox: "a-deny-egress",
  manager: "a-allow-egress",
  director: "a-allow-egress",
} as const;

for (const role of ROLES) {
  Deno.test(`a ${role} has the network policy of its role alone`, () => {
    const agent = observed("a", { role, permissions: { canAssignTasks: true } });
    assert.deepEqual(summary(decide(undefined, agent, {})), [
      "EnsureConfigMap universe/a-spec",
      "EnsureDeployment universe/a-runtime",
      `EnsureNetworkPolicy universe/${EGRESS[role]}`,
      "EnsurePVC universe/a-workspace",
    ]);
  });
}

Deno.test("a claim names its storage class only where the agent does", () => {
  const workspace = { size: "5Gi", storageClassName: "fast" };
  const claims = [{}, { workspace }].map((spec) =>
    decide(undefined, observed("a", spec), {}).actions
      .find(({ action_type }) => action_type === "EnsurePVC")?.params
  );
  const place = { name: "a-workspace", namespace: "universe" };
  assert.deepEqual(claims, [
    { ...place, size: "1Gi" },
    { ...place, size: "5Gi", storage_class: "fast" },
  ]);
});

Deno.test("another role's policy is deleted, and stays deleted in later decisions", () => {
  const agent = (role: string, team: string) => observed("a", { role, team });
  let previous: JsonObject | undefined;
  const policies = ([["worker", "x"], ["manager", "x"], ["manager", "y"], ["worker", "y"]] as const)
    .map(([role, team]) => {
      const decision = decide(previous, agent(role, team), {});
      previous = kept(agent(role, team), decision);
      return summary(decision).filter((line) => line.includes("NetworkPolicy"));
    });
  assert.deepEqual(policies, [
    ["EnsureNetworkPolicy universe/a-deny-egress"],
    [
      "DeleteNetworkPolicy universe/a-deny-egress",
      "EnsureNetworkPolicy universe/a-allow-egress",
    ],
    [
      "DeleteNetworkPolicy universe/a-deny-egress",
      "EnsureNetworkPolicy universe/a-allow-egress",
    ],
    [
      "DeleteNetworkPolicy universe/a-allow-egress",
      "EnsureNetworkPolicy universe/a-deny-egress",
    ],
  ]);
});

Deno.test("upon what it has decided it decides the same again, whatever came before", () => {
  const spec = fc.record({ role: fc.constantFrom(...ROLES), team: fc.string() });
  fc.assert(fc.property(fc.array(spec, { minLength: 1, maxLength: 6 }), (specs) => {
    let previous: JsonObject | undefined;
    for (const each of specs) {
      const agent = observed("a", each);
      const decision = decide(previous, agent, {});
      previous = kept(agent, decision);
      assert.deepEqual(decide(previous, agent, {}), decision);
    }
  }));
});

Deno.test("no decision reaches into another namespace, whatever the log says was decided before", () => {
  const agent = observed("a");
  const targets = ["elsewhere/a-deny-egress", "universe/a/b", "a-deny-egress", "universe/a-other"];
  const actions = Object.fromEntries(
    targets.map((target) => [target, { action_type: "EnsureNetworkPolicy", target }]),
  );
  const lines = summary(decide({ actions }, agent, {}));
  assert.deepEqual(lines.filter((line) => line.startsWith("Delete")), [
    "DeleteNetworkPolicy universe/a-other",
  ]);
});

Deno.test("previous decisions that make no sense are passed over", () => {
  const agent = observed("a");
  for (
    const previous of [
      "null",
      '{"actions":null}',
      '{"actions":{"x":null}}',
      '{"actions":{"x":{"action_type":"EnsureNetworkPolicy"}}}',
    ]
  ) {
    assert.equal(decide(parseJson(previous), agent, {}).actions.length, 4);
  }
});
