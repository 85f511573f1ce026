import assert from "node:assert/strict";
import { CHART, found, helm, manifest, objectsOf, podOf, PRODUCTION } from "./helm_chart.ts";

Deno.test("every pod is pulled with the Secrets that are named for that", async () => {
  const objects = objectsOf(
    await manifest("--set", "imagePullSecrets[0].name=registry,minio.enabled=true"),
  );
  const pods = objects.map(podOf).filter((pod) => pod !== undefined);
  assert.equal(pods.length, 4);
  for (const pod of pods) assert.deepEqual(pod["imagePullSecrets"], [{ name: "registry" }]);
});

/** The budgets that there are by given values. */
const BUDGETS: readonly (readonly [values: string, names: readonly string[]])[] = [
  ["replicaCount=3,podDisruptionBudget.enabled=false", []],
  ["replicaCount=3,podDisruptionBudget.minAvailable=3", []],
  ["replicaCount=3,podDisruptionBudget.minAvailable=2", ["rynxs-operator"]],
  ["replicaCount=3,podDisruptionBudget.minAvailable=50%", ["rynxs-operator"]],
  ["replicaCount=2,podDisruptionBudget.minAvailable=9,podDisruptionBudget.maxUnavailable=1", [
    "rynxs-operator",
  ]],
];

for (const [values, names] of BUDGETS) {
  Deno.test(`${values} gives ${names.length} disruption budgets`, async () => {
    const budgets = objectsOf(await manifest("--set", values))
      .filter(({ kind }) => kind === "PodDisruptionBudget");
    assert.deepEqual(budgets.map(({ metadata }) => metadata.name), names);
    for (const { spec } of budgets) {
      assert.equal(["minAvailable", "maxUnavailable"].filter((name) => name in spec!).length, 1);
    }
  });
}

/** The alerts that there are by given values. */
const ALERTS: readonly (readonly [values: string, names: readonly string[]])[] = [
  ["metrics.enabled=true", ["rynxs-operator-alerts", "rynxs-s3-proxy-alerts"]],
  ["metrics.enabled=false", ["rynxs-s3-proxy-alerts"]],
  ["metrics.enabled=true,replicaCount=0", ["rynxs-s3-proxy-alerts"]],
  ["metrics.enabled=true,server.enabled=false", ["rynxs-operator-alerts"]],
];

for (const [values, names] of ALERTS) {
  Deno.test(`with ${values} nobody is woken for what is not there`, async () => {
    const objects = objectsOf(await manifest("--set", `prometheusRule.enabled=true,${values}`));
    const rules = objects.filter(({ kind }) => kind === "PrometheusRule");
    assert.deepEqual(rules.map(({ metadata }) => metadata.name), names);
  });
}

Deno.test("the longest name of a release leaves room for the hash of a StatefulSet's pods", async () => {
  const { stdout } = await helm("template", "r".repeat(53), CHART);
  const [server] = objectsOf(stdout).filter(({ kind }) => kind === "StatefulSet");
  assert.ok(`${server?.metadata.name}-0123456789`.length <= 63, server?.metadata.name);
});

Deno.test("one of several servers serves on until no node sends it connections", async () => {
  const lifecycle = async (...args: string[]) => {
    const objects = objectsOf(await manifest(...args));
    const server = objects.find(({ kind, metadata }) =>
      /^(Deployment|StatefulSet)$/.test(kind) && metadata.name === "rynxs-server"
    );
    return podOf(server!)?.containers[0]?.["lifecycle"];
  };
  const several = ["-f", PRODUCTION];
  const sleep = { preStop: { sleep: { seconds: 5 } } };
  assert.deepEqual(await lifecycle(...several, "--kube-version=1.30.0"), sleep);
  assert.equal(await lifecycle(...several, "--kube-version=1.29.0"), undefined);
  assert.equal(await lifecycle("--kube-version=1.30.0"), undefined);
});

Deno.test("a changed configuration restarts the servers", async () => {
  const [before, after] = await Promise.all(["pack", "spread"].map(async (placement) => {
    const objects = objectsOf(await manifest("--set", `server.config.placement=${placement}`));
    return JSON.stringify(found(objects, "StatefulSet", "rynxs-server").spec);
  }));
  assert.match(before!, /"checksum\/config"/);
  assert.notEqual(before, after);
});

Deno.test("the pods of server, MinIO and tests have no service account token", async () => {
  const objects = objectsOf(await manifest("-f", PRODUCTION, "--set", "minio.enabled=true"));
  const pods = objects.flatMap((object) => {
    const pod = podOf(object);
    return pod === undefined ? [] : [[object.metadata.name, pod.automountServiceAccountToken]];
  });
  assert.deepEqual(Object.fromEntries(pods), {
    "rynxs-minio": false,
    "rynxs-operator": true,
    "rynxs-server": false,
    "rynxs-test-health": false,
  });
});
