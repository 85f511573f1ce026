import assert from "node:assert/strict";
import {
  type ReconcileFault,
  statusOf,
  unavailableFor,
  writeStatus,
} from "../../../src/operator/agent/status.ts";
import { KubeError } from "../../../src/operator/kube/kube_error.ts";
import type { KubeObject } from "../../../src/operator/kube/kube_object.ts";
import { agentOf, termOf } from "./agent_fixture.ts";
import { MemoryKube } from "./memory_kube.ts";

const [FIRST, LATER] = [new Date("2026-01-01T00:00:00.123Z"), new Date("2026-01-02T00:00:00Z")];

/** A deployment of which its controller says that. */
function deployment(available?: "True" | "False", observedGeneration = 2): KubeObject {
  const condition = { type: "Available", status: available, reason: "Because", message: "so" };
  const status = {
    observedGeneration,
    conditions: available === undefined ? [] : [condition],
  };
  const metadata = { name: "a-runtime", generation: 2 };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata, ...{ status } };
}

function fault(kind: ReconcileFault["kind"]): ReconcileFault {
  return { kind, reason: "K8S_X", message: "what" };
}

/** What a reconcile came to, and what the status says: phase, Available, Reconciled. */
const CASES: Readonly<Record<string, readonly [Parameters<typeof statusOf>[1], string]>> = {
  "nothing is there yet": [{}, "Pending Unknown True"],
  "the deployment is new": [{ deployment: deployment() }, "Pending False True"],
  "no controller has seen it": [{ deployment: deployment("True", 1) }, "Pending False True"],
  "it does not run": [{ deployment: deployment("False") }, "Pending False True"],
  "it runs": [{ deployment: deployment("True") }, "Running True True"],
  "something was refused": [
    { deployment: deployment("True"), fault: fault("refused") },
    "Failed True False",
  ],
  "something is wrong for good": [{ fault: fault("final") }, "Failed Unknown False"],
  "something failed that may pass": [
    { deployment: deployment("True"), fault: fault("passing") },
    "Running True False",
  ],
};

for (const [name, [reconciled, expected]] of Object.entries(CASES)) {
  Deno.test(`${name}: ${expected}`, () => {
    const status = statusOf(agentOf("a", {}, { generation: 7 }), reconciled, FIRST);
    const [available, done] = status.conditions ?? [];
    assert.equal(`${status.phase} ${available?.status} ${done?.status}`, expected);
    assert.deepEqual([available?.type, done?.type], ["Available", "Reconciled"]);
    assert.equal(status.observedGeneration, 7);
    assert.equal(done?.lastTransitionTime, "2026-01-01T00:00:00Z");
    const waited = available?.status === "True"
      ? undefined
      : LATER.getTime() - FIRST.getTime() + 123;
    assert.equal(unavailableFor(status, LATER), waited);
  });
}

Deno.test("since when something is so changes only when it becomes otherwise", () => {
  const agent = agentOf("a");
  const before = statusOf(agent, { deployment: deployment("False") }, FIRST);
  const after = statusOf({ ...agent, status: before }, { deployment: deployment("True") }, LATER);
  assert.deepEqual(after.conditions?.map(({ lastTransitionTime }) => lastTransitionTime), [
    "2026-01-02T00:00:00Z",
    "2026-01-01T00:00:00Z",
  ]);
});

Deno.test("a status that says nothing new is not written", async () => {
  const api = new MemoryKube();
  const agent = agentOf("a");
  api.put(agent);
  const status = statusOf(agent, {}, FIRST);
  await writeStatus(api, agent, status, termOf());
  const after = api.agent(agent.metadata);
  assert.ok(after);
  await writeStatus(api, after, statusOf(after, {}, LATER), termOf());
  assert.deepEqual(api.calls.map(({ verb }) => verb), ["applyStatus"]);
});

Deno.test("an agent that went meanwhile needs no status; other faults are told", async () => {
  const api = new MemoryKube();
  const agent = agentOf("a");
  const write = () => writeStatus(api, agent, statusOf(agent, {}, FIRST), termOf());
  api.around = () => Promise.reject(new KubeError(404, "NotFound", ""));
  await write();
  api.around = () => Promise.reject(new KubeError(403, "Forbidden", ""));
  await assert.rejects(write(), KubeError);
});
