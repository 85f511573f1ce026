/**
 * The production checklist's agent, from `kubectl apply` to `kubectl delete`, with an operator that
 * has no more rights than the chart gives it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { FencingRuns } from "../../src/eventlog/audit/fencing.ts";
import { verifyPointers } from "../../src/eventlog/audit/pointers.ts";
import { isJsonObject, type Json, type JsonObject } from "../../src/eventlog/json.ts";
import { createBucket } from "../harness/client.ts";
import { startMinio } from "../harness/minio.ts";
import { startHoldfast } from "../harness/server.ts";
import { eventually } from "./eventually.ts";
import { grantedVerbs, usedVerbs } from "./operator_rights.ts";
import {
  agentManifest,
  LOG_BUCKET,
  type LogStore,
  NAMESPACE,
  type OperatorCluster,
  startOperatorCluster,
} from "./operator_cluster.ts";

/** As the checklist applies it. */
const CHECKLIST_AGENT = `apiVersion: universe.ai/v1alpha1
kind: Agent
metadata:
  name: test-prod-validation
  namespace: ${NAMESPACE}
spec:
  role: sandbox
  image: python:3.11-slim
`;

const AGENT = "test-prod-validation";

const STEPS = [
  "AgentObserved",
  "ActionsDecided",
  "ActionApplied EnsureConfigMap create",
  "ActionApplied EnsureDeployment create",
  "ActionApplied EnsureNetworkPolicy create",
  "ActionApplied EnsurePVC create",
];

Deno.test("an agent becomes objects and events in a log in MinIO, and its deletion is one", async () => {
  await using minio = await startMinio({ buckets: [LOG_BUCKET] });
  await walkThrough(minio, async (cluster) => {
    const granted = await grantedVerbs(cluster.kubernetes);
    const used = await usedVerbs(cluster.kubernetes, granted.account);
    assert.deepEqual(used, granted.verbs, "what the chart grants is what the operator needs");
  });
});

Deno.test("an agent becomes objects and events in a log in Holdfast, and its deletion is one", async () => {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-operator-" });
  const credential = { accessKeyId: "operator-key", secretAccessKey: "operator-secret" };
  try {
    await using server = await startHoldfast({
      threads: 1,
      env: {
        HOLDFAST_DATA_DIR: directory,
        HOLDFAST_ACCESS_KEY_ID: credential.accessKeyId,
        HOLDFAST_SECRET_ACCESS_KEY: credential.secretAccessKey,
      },
    });
    const store = { endpoint: server.endpoint, ...credential };
    await createBucket(store, LOG_BUCKET);
    await walkThrough(store);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

async function walkThrough(
  store: LogStore,
  afterwards: (cluster: OperatorCluster) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await using cluster = await startOperatorCluster(store);
  const { kubectl } = cluster.kubernetes;
  await using operator = await cluster.startOperator({ identity: "operator-0" });

  await kubectl(["apply", "-f", "-"], CHECKLIST_AGENT);
  await eventually(async () => assert.deepEqual(await steps(cluster), STEPS), 30_000);
  await seeObjects(cluster);
  await seeTokens(cluster, "operator-0");

  // The same again, and a label that says nothing: nothing to decide, nothing to record.
  await kubectl(["apply", "-f", "-"], CHECKLIST_AGENT);
  await kubectl(["label", "agent", AGENT, `--namespace=${NAMESPACE}`, "looked-at=yes"]);
  await seeStatus(cluster, "Pending");
  await becomeAvailable(cluster);
  await eventually(() => seeStatus(cluster, "Running"), 30_000);
  assert.deepEqual(await steps(cluster), STEPS);

  await kubectl(
    ["apply", "-f", "-"],
    agentManifest(AGENT, { role: "manager", image: "python:3.12" }),
  );
  const changed = [
    ...STEPS,
    "AgentObserved",
    "ActionsDecided",
    "ActionApplied DeleteNetworkPolicy delete",
    "ActionApplied EnsureConfigMap patch",
    "ActionApplied EnsureDeployment patch",
    "ActionApplied EnsureNetworkPolicy create",
    "ActionApplied EnsurePVC noop",
  ];
  await eventually(async () => assert.deepEqual(await steps(cluster), changed), 30_000);
  const policies = await kubectl(["get", "networkpolicies", "-n", NAMESPACE, "-o", "name"]);
  assert.deepEqual(policies.trim().split("\n"), [
    `networkpolicy.networking.k8s.io/${AGENT}-allow-egress`,
  ]);

  await kubectl(["delete", "agent", AGENT, `--namespace=${NAMESPACE}`]);
  await eventually(
    async () => assert.deepEqual(await steps(cluster), [...changed, "AgentDeleted"]),
    30_000,
  );
  assert.deepEqual((await verifyPointers(cluster.log.log)).valid, true);
  assert.equal(await operator.stop(), 0);
  await seeReleased(cluster);
  await afterwards(cluster);
}

/** What was recorded, in few words. */
async function steps(cluster: OperatorCluster): Promise<readonly string[]> {
  return (await cluster.records()).map(({ event: { type, payload } }) => {
    const { action_type, operation } = objectOf(payload);
    return action_type === undefined ? type : `${type} ${action_type} ${operation}`;
  });
}

async function seeObjects({ kubernetes: { kubectl } }: OperatorCluster): Promise<void> {
  const kinds = "configmaps,persistentvolumeclaims,deployments,networkpolicies";
  const listed = JSON.parse(
    await kubectl(["get", kinds, "-n", NAMESPACE, "-o", "json", "-l", MANAGED]),
  );
  const owners = listed.items.map((
    { kind, metadata }: {
      kind: string;
      metadata: { name: string; ownerReferences: { kind: string; name: string }[] };
    },
  ) => [kind, metadata.name, metadata.ownerReferences.map(({ kind, name }) => `${kind} ${name}`)]);
  assert.deepEqual(owners.toSorted(), [
    ["ConfigMap", `${AGENT}-spec`, [`Agent ${AGENT}`]],
    ["Deployment", `${AGENT}-runtime`, [`Agent ${AGENT}`]],
    ["NetworkPolicy", `${AGENT}-deny-egress`, [`Agent ${AGENT}`]],
    ["PersistentVolumeClaim", `${AGENT}-workspace`, [`Agent ${AGENT}`]],
  ]);
}

const MANAGED = "app.kubernetes.io/managed-by=holdfast-operator";

async function seeTokens(cluster: OperatorCluster, identity: string): Promise<void> {
  const records = await cluster.records();
  for (const { event } of records) {
    const token = objectOf(event.meta["fencing_token"]);
    assert.deepEqual(Object.keys(token).sort(), [
      "epoch",
      "holder_identity",
      "renew_time",
      "resource_version",
    ]);
    assert.equal(token["holder_identity"], identity);
  }
  const runs = new FencingRuns();
  for (const record of records) runs.accept(record);
  assert.equal(runs.end()?.events, records.length);
}

/** Says what the deployment's own controller would say, of which there is none here. */
async function becomeAvailable({ kubernetes: { kubectl } }: OperatorCluster): Promise<void> {
  const status = {
    observedGeneration: 1,
    replicas: 1,
    updatedReplicas: 1,
    readyReplicas: 1,
    availableReplicas: 1,
    conditions: [{
      type: "Available",
      status: "True",
      reason: "MinimumReplicasAvailable",
      message: "",
    }],
  };
  await kubectl([
    "patch",
    "deployment",
    `${AGENT}-runtime`,
    `--namespace=${NAMESPACE}`,
    "--subresource=status",
    "--type=merge",
    `--patch=${JSON.stringify({ status })}`,
  ]);
}

async function seeStatus({ kubernetes }: OperatorCluster, phase: string): Promise<void> {
  const agent = JSON.parse(
    await kubernetes.kubectl(["get", "agent", AGENT, `--namespace=${NAMESPACE}`, "-o", "json"]),
  );
  assert.equal(agent.status.phase, phase);
  assert.equal(agent.status.observedGeneration, agent.metadata.generation);
  const reconciled = agent.status.conditions.find(({ type }: { type: string }) =>
    type === "Reconciled"
  );
  assert.equal(reconciled?.status, "True");
}

async function seeReleased({ kubernetes }: OperatorCluster): Promise<void> {
  const lease = JSON.parse(
    await kubernetes.kubectl([
      "get",
      "lease",
      "rynxs-operator-leader",
      `--namespace=${NAMESPACE}`,
      "-o",
      "json",
    ]),
  );
  assert.equal(lease.spec.holderIdentity ?? "", "");
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
