import assert from "node:assert/strict";
import { observed, termOf } from "../operator/agent/agent_fixture.ts";
import { decide } from "../../src/operator/agent/decide.ts";
import { podTemplate } from "../../src/operator/agent/pod_template.ts";
import { verifyPointers } from "../../src/eventlog/audit/pointers.ts";
import { openLog } from "../../src/eventlog/open_log.ts";
import { ReconcileFailedError } from "../../src/operator/reconciler.ts";
import { type AgentCluster, AGENTS_NAMESPACE, startAgentCluster } from "./agent_cluster.ts";

const SANDBOX = { role: "sandbox", image: "python:3.11-slim" };

/** What is recorded of an agent that is new. */
const MADE = [
  "AgentObserved",
  "ActionsDecided",
  "EnsureConfigMap CREATED",
  "EnsureDeployment CREATED",
  "EnsureNetworkPolicy CREATED",
  "EnsurePVC CREATED",
];

interface Step {
  readonly name: string;
  run(cluster: AgentCluster): Promise<void>;
}

/** What was recorded while something was done. */
async function newsOf(cluster: AgentCluster, run: () => Promise<unknown>) {
  const before = (await cluster.story()).length;
  await run();
  return (await cluster.story()).slice(before);
}

const STEPS: readonly Step[] = [
  {
    name: "a new agent gets its objects, each is recorded, and its status says what is missing",
    async run(cluster) {
      await cluster.applyAgent("box", SANDBOX);
      const result = await cluster.reconcile("box", termOf());
      assert.deepEqual(result, { requeueAfter: 15_000 });
      assert.deepEqual(await cluster.story(), MADE);
      for (
        const object of [
          "configmap/box-spec",
          "deployment/box-runtime",
          "networkpolicy/box-deny-egress",
          "pvc/box-workspace",
        ]
      ) {
        const owner = await cluster.get(object, "{.metadata.ownerReferences[*].name}");
        assert.equal(owner, "box", object);
      }
      const status = "{.status.phase} {.status.observedGeneration} " +
        '{.status.conditions[?(@.type=="Reconciled")].status} ' +
        '{.status.conditions[?(@.type=="Available")].status}';
      assert.equal(await cluster.get("agent/box", status), "Pending 1 True False");
    },
  },
  {
    name: "looking again changes nothing and records nothing",
    async run(cluster) {
      const versions = () => cluster.get("agent/box", "{.metadata.resourceVersion}");
      const before = await versions();
      assert.deepEqual(await newsOf(cluster, () => cluster.reconcile("box", termOf())), []);
      assert.equal(await versions(), before);
    },
  },
  {
    name: "an agent runs once its deployment is available",
    async run(cluster) {
      const condition = { type: "Available", status: "True", reason: "Ok", message: "it is" };
      const status = { observedGeneration: 1, replicas: 1, availableReplicas: 1, readyReplicas: 1 };
      await patchStatus(cluster, { ...status, conditions: [condition] });
      assert.deepEqual(await cluster.reconcile("box", termOf()), {});
      assert.equal(await cluster.get("agent/box", "{.status.phase}"), "Running");
    },
  },
  {
    name: "what somebody changes is put right, and recorded",
    async run(cluster) {
      const namespace = `--namespace=${AGENTS_NAMESPACE}`;
      const { kubectl } = cluster.kubernetes;
      const rules = JSON.stringify({ spec: { egress: [{}] } });
      await kubectl(["patch", "networkpolicy/box-deny-egress", namespace, "--patch", rules]);
      await kubectl(["scale", "deployment/box-runtime", namespace, "--replicas=3"]);
      assert.deepEqual(await newsOf(cluster, () => cluster.reconcile("box", termOf())), [
        "EnsureDeployment PATCHED",
        "EnsureNetworkPolicy PATCHED",
      ]);
      assert.equal(await cluster.get("networkpolicy/box-deny-egress", "{.spec.egress}"), "");
      assert.equal(await cluster.get("deployment/box-runtime", "{.spec.replicas}"), "1");
    },
  },
  {
    name: "an agent that becomes a manager loses the policy that it had",
    async run(cluster) {
      await cluster.applyAgent("box", { ...SANDBOX, role: "manager" });
      const news = await newsOf(cluster, () => cluster.reconcile("box", termOf()));
      assert.deepEqual(news, [
        "AgentObserved",
        "ActionsDecided",
        "DeleteNetworkPolicy DELETED",
        "EnsureConfigMap PATCHED",
        "EnsureDeployment ALREADY_MATCHED",
        "EnsureNetworkPolicy CREATED",
        "EnsurePVC ALREADY_MATCHED",
      ]);
      const { kubectl } = cluster.kubernetes;
      const left = await kubectl(["get", "networkpolicy", "-n", AGENTS_NAMESPACE, "-o", "name"]);
      assert.equal(left.trim(), "networkpolicy.networking.k8s.io/box-allow-egress");
      assert.equal(
        await cluster.get("networkpolicy/box-allow-egress", "{.spec.egress}"),
        "[{}]",
      );
      assert.deepEqual(await newsOf(cluster, () => cluster.reconcile("box", termOf())), []);
    },
  },
  {
    name: "what cannot be changed fails once in the log, and in the status until it is undone",
    async run(cluster) {
      const workspace = { size: "2Gi" };
      await cluster.applyAgent("box", { ...SANDBOX, role: "manager", workspace });
      const failing = () =>
        assert.rejects(cluster.reconcile("box", termOf()), ReconcileFailedError);
      const news = await newsOf(cluster, failing);
      assert.equal(news.at(-1), "EnsurePVC K8S_INVALID");
      assert.deepEqual(await newsOf(cluster, failing), []);
      assert.equal(await cluster.get("agent/box", "{.status.phase}"), "Failed");
      await cluster.kubernetes.kubectl([
        "patch",
        "agent/box",
        `--namespace=${AGENTS_NAMESPACE}`,
        "--type=json",
        '--patch=[{"op":"remove","path":"/spec/workspace"}]',
      ]);
      await cluster.reconcile("box", termOf());
      assert.equal(await cluster.get("agent/box", "{.status.phase}"), "Pending");
    },
  },
  {
    name: "an agent that was made anew takes over what is left of the one before",
    async run(cluster) {
      const { kubectl } = cluster.kubernetes;
      await kubectl(["delete", "agent/box", `--namespace=${AGENTS_NAMESPACE}`]);
      await cluster.applyAgent("box", SANDBOX);
      await cluster.reconcile("box", termOf());
      const uid = (await cluster.agent("box"))?.metadata.uid;
      const owners = "{.metadata.ownerReferences[*].uid}";
      assert.equal(await cluster.get("pvc/box-workspace", owners), uid);
      assert.deepEqual(await newsOf(cluster, () => cluster.reconcile("box", termOf())), []);
    },
  },
  {
    name: "an agent that is gone is recorded as deleted, once",
    async run(cluster) {
      const { kubectl } = cluster.kubernetes;
      await kubectl(["delete", "agent/box", `--namespace=${AGENTS_NAMESPACE}`]);
      const news = await newsOf(cluster, () => cluster.reconcile("box", termOf()));
      assert.deepEqual(news, ["AgentDeleted"]);
      assert.deepEqual(await newsOf(cluster, () => cluster.reconcile("box", termOf())), []);
    },
  },
  {
    name: "an object of somebody else is left alone, and the agent fails",
    async run(cluster) {
      const { kubectl } = cluster.kubernetes;
      const namespace = `--namespace=${AGENTS_NAMESPACE}`;
      await kubectl(["create", "configmap", "other-spec", namespace, "--from-literal=a=b"]);
      await cluster.applyAgent("other", SANDBOX);
      const news = await newsOf(cluster, async () => {
        await assert.rejects(cluster.reconcile("other", termOf()), /configmap|ConfigMap/);
      });
      assert.equal(news[2], "EnsureConfigMap K8S_FOREIGN_OBJECT");
      assert.equal(news.length, MADE.length);
      assert.equal(await cluster.get("configmap/other-spec", "{.data.a}"), "b");
    },
  },
  {
    name: "the pods of an agent are what the strictest pod security standard asks for",
    async run(cluster) {
      const { actions } = decide(undefined, observed("pod", SANDBOX), {});
      const action = actions.find(({ action_type }) => action_type === "EnsureDeployment");
      assert.ok(action?.action_type === "EnsureDeployment");
      const { spec } = podTemplate(action.params.spec, {});
      const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "pod" }, spec };
      await cluster.kubernetes.kubectl(
        ["apply", `--namespace=${AGENTS_NAMESPACE}`, "-f", "-"],
        JSON.stringify(pod),
      );
    },
  },
  {
    name: "every decision of the log points at the observation that it was made upon",
    async run(cluster) {
      const path = `${cluster.kubernetes.directory}/events`;
      await using opened = openLog({ kind: "file", path });
      const report = await verifyPointers(opened.log);
      assert.deepEqual([report.valid, report.checked], [true, 6]);
    },
  },
];

async function patchStatus(cluster: AgentCluster, status: object): Promise<void> {
  await cluster.kubernetes.kubectl([
    "patch",
    "deployment/box-runtime",
    `--namespace=${AGENTS_NAMESPACE}`,
    "--subresource=status",
    `--patch=${JSON.stringify({ status })}`,
  ]);
}

Deno.test("agents are reconciled with a real API server", async (t) => {
  await using cluster = await startAgentCluster();
  for (const { name, run } of STEPS) await t.step(name, () => run(cluster));
});
