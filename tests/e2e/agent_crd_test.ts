import assert from "node:assert/strict";
import { observe } from "../../src/operator/agent/observe.ts";
import { AGENTS_NAMESPACE, startAgentCluster } from "./agent_cluster.ts";

const DIGEST = `sha256:${"0".repeat(64)}`;

type Spec = Readonly<Record<string, unknown>>;

/** Specs that are fine, by the names of their agents. */
const GOOD: Readonly<Record<string, Spec>> = {
  checklist: { role: "sandbox", image: "python:3.11-slim" },
  nothing: {},
  "with-a-port": { image: "registry.example:5000/team/agent:1.2" },
  "by-digest": { image: `ghcr.io/a/b@${DIGEST}` },
  "in-parts": { image: { repository: "ghcr.io/a/b", tag: "v1.0.0", digest: DIGEST, verify: true } },
  "with-a-port-in-parts": { image: { repository: "registry.example:5000/a", tag: "1" } },
  "tag-only": { image: { tag: "v2" } },
  [`n${"x".repeat(39)}`]: { role: "worker" },
  director: {
    role: "director",
    team: "backend-team",
    manages: ["a", "b"],
    permissions: { canAssignTasks: true, canFly: false },
    workspace: { size: "1.5Gi", storageClassName: "fast.local" },
  },
  "more-than-we-know": { llm: { temperature: 0.5 }, luck: [1, { a: [] }], image: { pull: "x" } },
};

/** Specs that are refused, by the field that the message names. */
const BAD: readonly (readonly [string, Spec])[] = [
  ["spec.role", { role: "emperor" }],
  ["spec.team", { team: 5 }],
  ["spec.team", { team: "t".repeat(254) }],
  ["spec.manages", { manages: "all" }],
  ["spec.manages[0]", { manages: [1] }],
  ["spec.permissions.canAssignTasks", { permissions: { canAssignTasks: "yes" } }],
  ["spec.permissions.canFly", { permissions: { canFly: 1 } }],
  ["spec.image", { image: 5 }],
  ["spec.image", { image: true }],
  ["spec.image", { image: ["python"] }],
  ["spec.image", { image: "" }],
  ["spec.image", { image: "not an image" }],
  ["spec.image", { image: `a@sha256:0` }],
  ["spec.image", { image: "a".repeat(513) }],
  ["spec.image.repository", { image: { repository: 5 } }],
  ["spec.image.repository", { image: { repository: "python:3", tag: "x" } }],
  ["spec.image.tag", { image: { tag: "a b" } }],
  ["spec.image.digest", { image: { digest: "md5:0" } }],
  ["spec.image.verify", { image: { verify: "yes" } }],
  ["spec.workspace", { workspace: "1Gi" }],
  ["spec.workspace.size", { workspace: { size: "much" } }],
  ["spec.workspace.size", { workspace: { size: 5 } }],
  ["spec.workspace.storageClassName", { workspace: { storageClassName: "Not/A/Name" } }],
];

function agentOf(name: string, spec: Spec) {
  const metadata = { name, namespace: AGENTS_NAMESPACE };
  return { apiVersion: "universe.ai/v1alpha1", kind: "Agent", metadata, spec };
}

Deno.test("the cluster takes agents that make sense, and refuses others by the field", async (t) => {
  await using cluster = await startAgentCluster();
  const apply = (name: string, spec: Spec) =>
    cluster.kubernetes.kubectl(["apply", "-f", "-"], JSON.stringify(agentOf(name, spec)));

  for (const [name, spec] of Object.entries(GOOD)) {
    await t.step(`${JSON.stringify(spec)} is taken, and understood`, async () => {
      await apply(name, spec);
      const agent = await cluster.agent(name);
      assert.ok(agent);
      const observed = observe(agent);
      assert.ok("payload" in observed, "message" in observed ? observed.message : "");
    });
  }

  for (const [field, spec] of BAD) {
    await t.step(`${JSON.stringify(spec).slice(0, 60)} is refused for ${field}`, async () => {
      await assert.rejects(apply("bad", spec), (error: Error) => error.message.includes(field));
    });
    await t.step(`${JSON.stringify(spec).slice(0, 60)} is not understood without a schema`, () => {
      const observed = observe(agentOf("bad", spec));
      const name = field.replace("[0]", ".0");
      assert.ok("message" in observed && observed.message.includes(name), JSON.stringify(observed));
    });
  }

  await t.step("a name that leaves no room for the names of its objects is refused", async () => {
    await assert.rejects(apply(`n${"x".repeat(40)}`, {}), /metadata\.name must have at most 40/);
  });

  await t.step("what nobody here knows of is kept", async () => {
    const luck = await cluster.get("agent/more-than-we-know", "{.spec.luck}");
    assert.deepEqual(JSON.parse(luck), [1, { a: [] }]);
  });

  await t.step("kubectl get ag shows role, team, phase, and whether it is reconciled", async () => {
    const status = {
      phase: "Running",
      conditions: [{
        type: "Reconciled",
        status: "True",
        lastTransitionTime: "2026-01-01T00:00:00Z",
        reason: "Applied",
        message: "",
      }],
    };
    const { kubectl } = cluster.kubernetes;
    const namespace = `--namespace=${AGENTS_NAMESPACE}`;
    const patch = `--patch=${JSON.stringify({ status })}`;
    await kubectl(
      ["patch", "ag/director", namespace, "--subresource=status", "--type=merge", patch],
    );
    const shown = await kubectl(["get", "ag", "director", "nothing", namespace]);
    const [head = "", director = "", nothing = ""] = shown.split("\n");
    assert.deepEqual(head.split(/\s+/).slice(0, 6), [
      "NAME",
      "ROLE",
      "TEAM",
      "PHASE",
      "RECONCILED",
      "AGE",
    ]);
    assert.match(director, /^director +director +backend-team +Running +True +\d+s/);
    assert.match(nothing, /^nothing +worker +/);
  });
});
