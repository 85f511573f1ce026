/**
 * A cluster that knows agents, and what reconciles them in this process.
 *
 * @module
 */
import { join } from "node:path";
import type { LogEvent } from "../../src/eventlog/event.ts";
import { isJsonObject } from "../../src/eventlog/json.ts";
import { openLog } from "../../src/eventlog/open_log.ts";
import type { StoredRecord } from "../../src/eventlog/stored_record.ts";
import type { LogPosition } from "../../src/eventlog/verifier.ts";
import { Journal } from "../../src/operator/journal.ts";
import { AGENT, type AgentObject } from "../../src/operator/kinds.ts";
import { clusterAccess } from "../../src/operator/kube/cluster_access.ts";
import { KubeClient } from "../../src/operator/kube/kube_client.ts";
import { apiVersionOf, type ObjectRef } from "../../src/operator/kube/kube_object.ts";
import { Reconciler } from "../../src/operator/reconciler.ts";
import type { Term } from "../../src/operator/term.ts";
import { type Kubernetes, startKubernetes } from "../harness/kubernetes.ts";

/** Path of the schema of agents. */
export const AGENT_SCHEMA = new URL(
  "../../deploy/helm/holdfast/crds/agents.universe.ai.yaml",
  import.meta.url,
).pathname;

/** Where agents are. Its pods have to be as the pod security standard "restricted" has it. */
export const AGENTS_NAMESPACE = "universe";

const NAMESPACE = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: {
    name: AGENTS_NAMESPACE,
    labels: { "pod-security.kubernetes.io/enforce": "restricted" },
  },
};

/** A cluster that knows agents. */
export interface AgentCluster extends AsyncDisposable {
  readonly kubernetes: Kubernetes;
  readonly api: KubeClient;
  readonly journal: Journal;
  /** Looks at the agent as it is, once. */
  reconcile(name: string, term: Term): ReturnType<Reconciler["reconcile"]>;
  /** Creates or changes an agent. */
  applyAgent(name: string, spec: Readonly<Record<string, unknown>>): Promise<void>;
  agent(name: string): Promise<AgentObject | undefined>;
  /** All events, verified. */
  records(): Promise<readonly StoredRecord[]>;
  /** Types of all events, those of results with their codes. */
  story(): Promise<readonly string[]>;
  /** What a path says of an object, as kubectl prints it: `pvc/a-workspace`, `{.spec}`. */
  get(object: string, path: string): Promise<string>;
}

/** Starts one. */
export async function startAgentCluster(): Promise<AgentCluster> {
  await using stack = new AsyncDisposableStack();
  const kubernetes = stack.use(await startKubernetes());
  const { kubectl } = kubernetes;
  await kubectl(["apply", "-f", "-"], JSON.stringify(NAMESPACE));
  await kubectl(["apply", "-f", AGENT_SCHEMA]);
  await kubectl(["wait", "--for=condition=Established", "crd/agents.universe.ai"]);
  const access = await clusterAccess({ KUBECONFIG: kubernetes.kubeconfig });
  const api = stack.use(new KubeClient(access));
  const path = join(kubernetes.directory, "events");
  const open = (trusted?: LogPosition) => openLog({ kind: "file", path }, { trusted });
  const journal = stack.use(new Journal({ open, hashVersion: "v2" }));
  const agent = (name: string) => api.get(AGENT, refOf(name));
  const records = async () => {
    await using opened = open();
    return await Array.fromAsync(opened.log.read());
  };
  const kept = stack.move();
  return {
    kubernetes,
    api,
    journal,
    agent,
    records,
    async reconcile(name, term) {
      const there = await agent(name);
      return await new Reconciler({ api, journal, get: () => there }).reconcile(refOf(name), term);
    },
    async applyAgent(name, spec) {
      const manifest = {
        apiVersion: apiVersionOf(AGENT),
        kind: AGENT.kind,
        metadata: refOf(name),
        spec,
      };
      await kubectl(["apply", "-f", "-"], JSON.stringify(manifest));
    },
    story: async () => (await records()).map(({ event }) => chapter(event)),
    get: (object, path) =>
      kubectl(["get", object, `--namespace=${AGENTS_NAMESPACE}`, "-o", `jsonpath=${path}`]),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function refOf(name: string): ObjectRef {
  return { namespace: AGENTS_NAMESPACE, name };
}

function chapter({ type, payload }: LogEvent): string {
  const { action_type, result_code } = isJsonObject(payload) ? payload : {};
  return action_type === undefined ? type : `${action_type} ${result_code}`;
}
