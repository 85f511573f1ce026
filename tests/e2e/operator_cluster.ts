/**
 * A cluster with agents, and operators that look after them as the chart would have it: with the
 * rights that it gives, and a log in an S3 store.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { type OpenedLog, openLog } from "../../src/eventlog/open_log.ts";
import type { StoredRecord } from "../../src/eventlog/stored_record.ts";
import { clusterAccess } from "../../src/operator/kube/cluster_access.ts";
import type { KubeApi } from "../../src/operator/kube/kube_api.ts";
import { KubeClient } from "../../src/operator/kube/kube_client.ts";
import { type Kubernetes, startKubernetes } from "../harness/kubernetes.ts";
import { type Holdfast, REPOSITORY, startHoldfast } from "../harness/server.ts";
import { toolPath } from "../harness/tools.ts";
import { eventually } from "./eventually.ts";
import { succeed } from "./program.ts";

/** Where the log is. */
export interface LogStore {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** How an operator is started. */
export interface OperatorStart {
  readonly identity: string;
  /** Where the API server is, if it is not to be asked directly. */
  readonly server?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A cluster with a log. */
export interface OperatorCluster extends AsyncDisposable {
  readonly kubernetes: Kubernetes;
  /** An administrator's. */
  readonly api: KubeApi;
  readonly log: OpenedLog;
  /** What an operator, or a server with one beside it, is told. */
  environment(start: OperatorStart): Promise<Record<string, string>>;
  /** Starts an operator process; its `endpoint` is that of its probes. */
  startOperator(start: OperatorStart): Promise<Holdfast>;
  /** All events, verified. */
  records(): Promise<readonly StoredRecord[]>;
}

/** Where operators and agents are. */
export const NAMESPACE = "rynxs";

export const CHART = `${REPOSITORY}/deploy/helm/holdfast`;

/** The bucket of the log; it must be there. */
export const LOG_BUCKET = "events";

/** What of the chart says who the operator is, and what it may do. */
const RIGHTS = new Set([
  "ClusterRole",
  "ClusterRoleBinding",
  "Role",
  "RoleBinding",
  "ServiceAccount",
]);

/** Starts a control plane with the chart's schema and rights, for operators that log to a store. */
export async function startOperatorCluster(store: LogStore): Promise<OperatorCluster> {
  await using stack = new AsyncDisposableStack();
  const kubernetes = stack.use(await startKubernetes());
  const api = stack.use(
    new KubeClient(await clusterAccess({ KUBECONFIG: kubernetes.kubeconfig })),
  );
  const log = stack.use(openLog({
    kind: "s3",
    bucket: LOG_BUCKET,
    prefix: "events",
    endpoint: store.endpoint,
    headKey: "events/_head.json",
  }, { credentials: store }));
  await kubernetes.kubectl(["create", "namespace", NAMESPACE]);
  await kubernetes.kubectl(["apply", "-f", `${CHART}/crds`]);
  await kubernetes.kubectl(["wait", "--for=condition=Established", "crd/agents.universe.ai"]);
  const account = await installRights(kubernetes);
  const environment = async ({ identity, server, env }: OperatorStart) => ({
    KUBECONFIG: await kubernetes.writeKubeconfig(
      identity,
      await kubernetes.serviceAccountToken(NAMESPACE, account),
      server,
    ),
    POD_NAME: identity,
    POD_NAMESPACE: NAMESPACE,
    RYNXS_LEADER_ELECTION_ENABLED: "1",
    EVENT_STORE_TYPE: "s3",
    S3_BUCKET: LOG_BUCKET,
    S3_ENDPOINT: store.endpoint,
    AWS_ACCESS_KEY_ID: store.accessKeyId,
    AWS_SECRET_ACCESS_KEY: store.secretAccessKey,
    ...env,
  });
  const kept = stack.move();
  return {
    kubernetes,
    api,
    log,
    environment,
    startOperator: async (start) =>
      await startHoldfast({ command: "operator", env: await environment(start) }),
    records: () => Array.fromAsync(log.log.read()),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** @returns the operator's account */
async function installRights({ kubectl }: Kubernetes): Promise<string> {
  const rendered = await succeed(await toolPath("helm"), [
    "template",
    "rynxs",
    CHART,
    `--namespace=${NAMESPACE}`,
    "--set=leaderElection.enabled=true",
  ]);
  const rights = parseAllDocuments(rendered).map((document) => document.toJS())
    .filter((object) => object !== null && RIGHTS.has(object.kind));
  for (const object of rights) {
    await kubectl(["apply", `--namespace=${NAMESPACE}`, "-f", "-"], JSON.stringify(object));
  }
  const binding = rights.find(({ kind }) => kind === "ClusterRoleBinding");
  return binding.subjects[0].name;
}

/**
 * Starts three operators, which end with the stack, and waits until one of them leads.
 *
 * @param how for all of them
 */
export async function startThree(
  stack: AsyncDisposableStack,
  cluster: OperatorCluster,
  how: Omit<OperatorStart, "identity"> = {},
): Promise<readonly Holdfast[]> {
  const operators = await Promise.all(
    [0, 1, 2].map(async (index) =>
      stack.use(await cluster.startOperator({ identity: `operator-${index}`, ...how }))
    ),
  );
  await eventually(async () => assert.equal((await leaders(operators)).length, 1), 60_000);
  return operators;
}

/** Those that say that they lead. */
export async function leaders(operators: readonly Holdfast[]): Promise<readonly Holdfast[]> {
  const leading = await Promise.all(operators.map(async (operator) => {
    const text = await metricsOf(operator);
    return /^rynxs_leader_election_status 1$/m.test(text);
  }));
  return operators.filter((_, index) => leading[index]);
}

/** The metrics of an operator; nothing of one that has ended. */
export async function metricsOf(operator: Holdfast): Promise<string> {
  if (operator.ended()) return "";
  try {
    return await (await fetch(`${operator.endpoint}/metrics`)).text();
  } catch {
    return "";
  }
}

/** An Agent, as `kubectl apply` takes it. */
export function agentManifest(name: string, spec: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({
    apiVersion: "universe.ai/v1alpha1",
    kind: "Agent",
    metadata: { name, namespace: NAMESPACE },
    spec,
  });
}
