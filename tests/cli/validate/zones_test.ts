import assert from "node:assert/strict";
import { disruptionBudget } from "../../../src/cli/validate/checks/disruption_budget.ts";
import { imagesPinned } from "../../../src/cli/validate/checks/images_pinned.ts";
import { SMOKE_TEST } from "../../../src/cli/validate/checks/smoke.ts";
import { zoneSpread } from "../../../src/cli/validate/checks/zone_spread.ts";
import { found, node, OPERATOR, pod, type Told, ToldCluster } from "./told_cluster.ts";

const [, , , smokeZones] = SMOKE_TEST;

/** The operator's Deployment. */
function deployment(replicas: number, whenUnsatisfiable = "DoNotSchedule"): Told {
  const topologySpreadConstraints = [{
    maxSkew: 1,
    topologyKey: "topology.kubernetes.io/zone",
    whenUnsatisfiable,
    labelSelector: { matchLabels: OPERATOR },
  }];
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "rynxs-operator", namespace: "rynxs" },
    spec: {
      replicas,
      template: { metadata: { labels: OPERATOR }, spec: { topologySpreadConstraints } },
    },
  };
}

const inCluster = (...objects: readonly Told[]) => ({
  cluster: () => Promise.resolve(new ToldCluster(objects)),
});

const NODES = [node("n1", "a"), node("n2", "b")];

Deno.test("pods in two zones, held apart, pass", async () => {
  const given = inCluster(...NODES, deployment(2), pod("p1", "n1"), pod("p2", "n2"));
  for (const check of [zoneSpread, smokeZones!]) {
    const { verdict, reasons } = await found(check, "post", given);
    assert.deepEqual([verdict, reasons], ["pass", []]);
  }
});

Deno.test("where there is one zone, there is nothing to spread over", async () => {
  const given = inCluster(node("n1", "a"), node("n2", "a"), deployment(2), pod("p", "n1"));
  for (const check of [zoneSpread, smokeZones!]) {
    const { verdict, reasons } = await found(check, "post", given);
    assert.equal(verdict, "not-applicable");
    assert.match(reasons.join(), /the cluster has one zone, a/);
  }
});

const FAULTS: readonly (readonly [what: string, objects: readonly Told[], RegExp])[] = [
  [
    "nodes without zones",
    [node("n1"), deployment(2), pod("p1", "n1"), pod("p2", "n1")],
    /without topology\.kubernetes\.io\/zone: n1\nno node says which zone it is in/,
  ],
  [
    "a constraint that is a wish",
    [...NODES, deployment(2, "ScheduleAnyway"), pod("p1", "n1"), pod("p2", "n2")],
    /has no constraint on topology/,
  ],
  [
    "pods in one zone",
    [...NODES, deployment(2), pod("p1", "n1"), pod("p2", "n1")],
    /2 running pods in 1 zone/,
  ],
  [
    "a second pod that does not run",
    [...NODES, deployment(2), pod("p1", "n1"), {
      ...pod("p2", "n2"),
      status: { phase: "Pending" },
    }],
    /1 running pod in 1 zone/,
  ],
  [
    "one pod of three",
    [...NODES, deployment(3), pod("p1", "n1")],
    /1 running pod in 1 zone, not 2\n1 running pod of 3 replicas/,
  ],
  [
    "two pods of three",
    [...NODES, deployment(3), pod("p1", "n1"), pod("p2", "n2")],
    /^2 running pods of 3 replicas$/,
  ],
  ["no pods", [...NODES, deployment(2)], /no pod in namespace rynxs has app\.kubernetes\.io\/name/],
  [
    "no Deployment",
    [...NODES, pod("p1", "n1"), pod("p2", "n2")],
    /no Deployment in namespace rynxs/,
  ],
];

for (const [what, objects, reason] of FAULTS) {
  Deno.test(`zone-spread fails for ${what}`, async () => {
    const { verdict, reasons } = await found(zoneSpread, "post", inCluster(...objects));
    assert.equal(verdict, "fail");
    assert.match(reasons.join("\n"), reason);
  });
}

Deno.test("nodes of the control plane need no zone, and pods on their way out do not count", async () => {
  const plane = {
    ...node("plane"),
    spec: { taints: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }] },
  };
  const leaving = pod("p3", "n2");
  const metadata = { ...leaving.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" };
  const pods = [pod("p1", "n1"), pod("p2", "n1"), { ...leaving, metadata }];
  const given = inCluster(...NODES, plane, deployment(2), ...pods);
  const { reasons } = await found(zoneSpread, "post", given);
  assert.deepEqual(reasons, ["2 running pods in 1 zone, not 2"]);
});

function budget(name: string, matchLabels: Readonly<Record<string, string>>): Told {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name, namespace: "rynxs" },
    spec: { minAvailable: 1, selector: { matchLabels } },
  };
}

Deno.test("pdb counts the budgets of the operator that are in the cluster", async () => {
  const [own, other] = [budget("own", OPERATOR), budget("other", { app: "other" })];
  const cases: readonly (readonly [number, readonly Told[], readonly string[]])[] = [
    [1, [], []],
    [3, [own, other], []],
    [1, [own], ["replicas 1: 1 PodDisruptionBudget, not 0"]],
    [3, [other], ["replicas 3: 0 PodDisruptionBudgets, not 1"]],
    [3, [own, budget("again", OPERATOR)], ["replicas 3: 2 PodDisruptionBudgets, not 1"]],
  ];
  for (const [replicas, budgets, expected] of cases) {
    const given = inCluster(deployment(replicas), ...budgets);
    assert.deepEqual((await found(disruptionBudget, "post", given)).reasons, expected);
  }
});

Deno.test("images-pinned looks at live pods, apart from those of agents", async () => {
  const loose = { containers: [{ name: "c", image: "python" }] };
  const agent: Told = {
    ...pod("agent", "n1", loose),
    metadata: { name: "agent", namespace: "rynxs", labels: { app: "universe-agent" } },
  };
  const good = await found(imagesPinned, "post", inCluster(pod("p", "n1"), agent));
  assert.deepEqual([good.verdict, good.seen], ["pass", ["holdfast:1.2.3"]]);
  const bad = await found(imagesPinned, "post", inCluster(pod("p", "n1", loose)));
  assert.deepEqual(bad.reasons, ["pod p container c: python has neither a tag nor a digest"]);
  assert.equal((await found(imagesPinned, "post", inCluster())).verdict, "not-applicable");
});
