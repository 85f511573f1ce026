import assert from "node:assert/strict";
import type { Check } from "../../../src/cli/validate/check.ts";
import { disruptionBudget } from "../../../src/cli/validate/checks/disruption_budget.ts";
import { imagesPinned } from "../../../src/cli/validate/checks/images_pinned.ts";
import { zoneSpread } from "../../../src/cli/validate/checks/zone_spread.ts";
import { readManifests } from "../../../src/cli/validate/chart/renderings.ts";
import { found } from "./told_cluster.ts";

/** What a chart renders for so many replicas. */
function chart(
  { replicas, image = "holdfast:1.2.3", spread = SPREAD, budget = "minAvailable: 1" }: {
    readonly replicas: number;
    readonly image?: string;
    readonly spread?: string;
    /** Of a budget's spec; none is rendered for `""`. */
    readonly budget?: string;
  },
): string {
  const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: rynxs-operator }
spec:
  replicas: ${replicas}
  template:
    metadata: { labels: { app.kubernetes.io/name: rynxs, app.kubernetes.io/component: operator } }
    spec:
      initContainers: null
      containers: [{ name: operator, image: "${image}" }]
      topologySpreadConstraints: ${spread}
---
# Nothing but a comment.
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: holdfast }
spec:
  template:
    metadata: { labels: { app.kubernetes.io/name: holdfast } }
    spec: { containers: [{ name: server, image: "holdfast:1.2.3" }] }
`;
  if (budget === "") return deployment;
  return `${deployment}---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: rynxs-operator }
spec: { ${budget}, selector: { matchLabels: { app.kubernetes.io/name: rynxs } } }
`;
}

const OWN = "labelSelector: { matchLabels: { app.kubernetes.io/name: rynxs } }";
const ZONE = "topologyKey: topology.kubernetes.io/zone";
const SPREAD = `[{ maxSkew: 1, ${ZONE}, whenUnsatisfiable: DoNotSchedule, ${OWN} }]`;

const GOOD = [
  chart({ replicas: 1, budget: "" }),
  chart({ replicas: 2 }),
  chart({ replicas: 3, budget: 'minAvailable: "50%"' }),
];

async function judge(check: Check, texts: readonly string[]) {
  const renderings = texts.map((text, index) => ({
    name: `${index}.yaml`,
    objects: readManifests(text),
  }));
  return await found(check, "pre", { renderings });
}

for (const check of [zoneSpread, imagesPinned, disruptionBudget]) {
  Deno.test(`${check.id} passes a chart that is as it should be`, async () => {
    const { verdict, reasons } = await judge(check, GOOD);
    assert.deepEqual([verdict, reasons], ["pass", []]);
  });

  Deno.test(`${check.id} says how to render a chart where nothing is rendered`, async () => {
    const nothing = await judge(check, []);
    assert.equal(nothing.verdict, "fail");
    assert.match(
      nothing.reasons.join(),
      /nothing is rendered[^]*helm template rynxs .*replicaCount=3/,
    );
    const other = await judge(check, ["{ apiVersion: v1, kind: Service, metadata: { name: s } }"]);
    assert.match(other.reasons.join(), /no rendering has the operator's Deployment/);
  });
}

const FAULTS: readonly (readonly [what: string, check: Check, texts: readonly string[], RegExp])[] =
  [
    [
      "no constraint",
      zoneSpread,
      [chart({ replicas: 3, spread: "null" })],
      /^0\.yaml: Deployment rynxs-operator has no constraint on topology/,
    ],
    [
      "a constraint on hosts only",
      zoneSpread,
      [chart({
        replicas: 3,
        spread: SPREAD.replace(/topology[.]\S+zone/, "kubernetes.io/hostname"),
      })],
      /has no constraint on topology/,
    ],
    [
      "a constraint that counts other pods",
      zoneSpread,
      [chart({ replicas: 3, spread: SPREAD.replace("name: rynxs", "name: holdfast") })],
      /counts other pods than its own/,
    ],
    [
      "a constraint that counts no pods",
      zoneSpread,
      [chart({ replicas: 3, spread: SPREAD.replace(`, ${OWN}`, "") })],
      /counts other pods than its own/,
    ],
    [
      "an image without a tag",
      imagesPinned,
      [chart({ replicas: 1, image: "registry:5000/holdfast" })],
      /Deployment\/rynxs-operator container operator: registry:5000\/holdfast has neither a tag nor/,
    ],
    [
      "a budget for one replica",
      disruptionBudget,
      [chart({ replicas: 1 }), GOOD[1]!, GOOD[2]!],
      /^0\.yaml: replicas 1: 1 PodDisruptionBudget, not 0$/,
    ],
    [
      "no budget for two",
      disruptionBudget,
      [GOOD[0]!, chart({ replicas: 2, budget: "" }), GOOD[2]!],
      /^1\.yaml: replicas 2: 0 PodDisruptionBudgets, not 1$/,
    ],
    [
      "a budget that keeps all of two",
      disruptionBudget,
      [GOOD[0]!, chart({ replicas: 2, budget: "minAvailable: 2" }), GOOD[2]!],
      /\(minAvailable 2\) lets none of 2 replicas go/,
    ],
    [
      "a budget that lets none be unavailable",
      disruptionBudget,
      [GOOD[0]!, GOOD[1]!, chart({ replicas: 3, budget: 'maxUnavailable: "0%"' })],
      /\(maxUnavailable 0%\) lets none of 3 replicas go/,
    ],
    [
      "a budget that keeps none of two",
      disruptionBudget,
      [GOOD[0]!, chart({ replicas: 2, budget: "minAvailable: 0" }), GOOD[2]!],
      /\(minAvailable 0\) lets all of 2 replicas go at once/,
    ],
    [
      "a budget that lets all be unavailable",
      disruptionBudget,
      [GOOD[0]!, GOOD[1]!, chart({ replicas: 3, budget: 'maxUnavailable: "100%"' })],
      /\(maxUnavailable 100%\) lets all of 3 replicas go at once/,
    ],
    [
      "no rendering for two replicas",
      disruptionBudget,
      [GOOD[0]!, GOOD[2]!],
      /no rendering for replicas 2; make them with\n[^]*--set replicaCount=2 > rendered\/2\.yaml\n/,
    ],
  ];

for (const [what, check, texts, reason] of FAULTS) {
  Deno.test(`${check.id} fails for ${what}`, async () => {
    const { verdict, reasons } = await judge(check, texts);
    assert.equal(verdict, "fail");
    assert.match(reasons.join("\n"), reason);
  });
}

Deno.test("a chart that is rendered for one replica needs no spread", async () => {
  const { verdict, reasons } = await judge(zoneSpread, [GOOD[0]!]);
  assert.deepEqual([verdict, reasons], ["not-applicable", ["no rendering has two replicas"]]);
});

Deno.test("what is no Deployment is a fail, and says of which field", async () => {
  const text = chart({ replicas: 1 }).replace("replicas: 1", "replicas: few");
  const { verdict, reasons } = await judge(zoneSpread, [text]);
  assert.equal(verdict, "fail");
  assert.match(reasons.join(), /a Deployment cannot be read: [^]*spec\.replicas/);
});
