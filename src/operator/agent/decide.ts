import { byCodePoint } from "../../eventlog/code_points.ts";
import { canonicalJson } from "../../eventlog/canonical_json.ts";
import { asJson } from "../../eventlog/as_json.ts";
import { isJsonObject, type Json } from "../../eventlog/json.ts";
import {
  type Action,
  actionId,
  actionsHash,
  type DeleteNetworkPolicy,
  type EnsureConfigMap,
  type EnsureDeployment,
  type EnsureNetworkPolicy,
  type EnsurePVC,
} from "./action.ts";
import { readRef, refText } from "../kube/kube_object.ts";
import { referenceOf } from "./image.ts";
import type { ObservedAgent } from "./observe.ts";

/** What decisions depend on beside the agent. */
export interface DecisionSettings {
  /** Of agents' pods; the cluster's own default without it. */
  readonly runtimeClassName?: string;
}

/** What is to be done for an agent. */
export interface Decision {
  /** In the order in which it is done. */
  readonly actions: readonly Action[];
  readonly actionIds: readonly string[];
  readonly actionsHash: string;
}

/**
 * Decides what an agent needs. Depends on nothing but its arguments, and decides the same again upon
 * what it has decided.
 *
 * A network policy that an earlier decision made and this one does not want is deleted, and so is what
 * an earlier decision wanted deleted: from then on every decision for the agent says so. That costs a
 * look at each reconcile; but nothing is left to be remembered between two decisions, whoever makes
 * the second one, and whatever became of the first.
 *
 * @param previous what the universe says was decided for the agent last: of each action its type and
 * target are looked at
 */
export function decide(
  previous: Json | undefined,
  agent: ObservedAgent,
  settings: DecisionSettings,
): Decision {
  const policy = networkPolicy(agent);
  const needed: readonly Action[] = [
    configMap(agent),
    workspaceClaim(agent),
    deployment(agent, settings),
    policy,
    ...policiesOf(previous, agent.namespace).filter((target) => target !== policy.target)
      .map(deletion),
  ];
  const actions = needed.map((action) => ({ action, params: canonicalJson(asJson(action.params)) }))
    .sort((one, other) =>
      byCodePoint(one.action.action_type, other.action.action_type) ||
      byCodePoint(one.action.target, other.action.target) || byCodePoint(one.params, other.params)
    ).map(({ action }) => action);
  return { actions, actionIds: actions.map(actionId), actionsHash: actionsHash(actions) };
}

function configMap({ name: agent, namespace, specText }: ObservedAgent): EnsureConfigMap {
  const name = specName(agent);
  const params = { name, namespace, data: { "agent.json": specText } };
  return { action_type: "EnsureConfigMap", target: `${namespace}/${name}`, params };
}

function workspaceClaim({ name: agent, namespace, workspace }: ObservedAgent): EnsurePVC {
  const { size, storageClassName } = workspace;
  const name = workspaceName(agent);
  const storage = storageClassName === undefined ? {} : { storage_class: storageClassName };
  const params = { name, namespace, size, ...storage };
  return { action_type: "EnsurePVC", target: `${namespace}/${name}`, params };
}

function deployment(
  { name: agent, namespace, image }: ObservedAgent,
  { runtimeClassName }: DecisionSettings,
): EnsureDeployment {
  const name = `${agent}-runtime`;
  const spec = {
    replicas: 1,
    image: referenceOf(image),
    image_verify: image.verify,
    env: [
      { name: "AGENT_NAME", value: agent },
      { name: "AGENT_NAMESPACE", value: namespace },
    ],
    ...(runtimeClassName === undefined ? {} : { runtime_class: runtimeClassName }),
    volumes: [
      { name: "workspace", pvc: workspaceName(agent) },
      { name: "agent-spec", configmap: specName(agent) },
    ],
    volume_mounts: [
      { name: "workspace", mount_path: "/workspace" },
      { name: "agent-spec", mount_path: "/config", read_only: true },
    ],
  };
  const params = { name, namespace, spec };
  return { action_type: "EnsureDeployment", target: `${namespace}/${name}`, params };
}

/** What agents of each role reach. Permissions are for agents to ask of each other. */
const EGRESS = {
  worker: "deny-egress",
  sandbox: "deny-egress",
  manager: "allow-egress",
  director: "allow-egress",
} as const;

function networkPolicy({ name: agent, namespace, role }: ObservedAgent): EnsureNetworkPolicy {
  const policy = EGRESS[role];
  const name = `${agent}-${policy}`;
  return {
    action_type: "EnsureNetworkPolicy",
    target: `${namespace}/${name}`,
    params: {
      name,
      namespace,
      pod_selector: { app: "universe-agent", agent },
      policy_type: policy,
    },
  };
}

function deletion(target: string): DeleteNetworkPolicy {
  return { action_type: "DeleteNetworkPolicy", target, params: readRef(target) };
}

const POLICY_ACTIONS: ReadonlySet<Json | undefined> = new Set([
  "EnsureNetworkPolicy",
  "DeleteNetworkPolicy",
]);

/**
 * Targets of all network policies that a decision was about. Whoever else may write to the log must not
 * reach into another namespace, where an agent may have the same name.
 */
function policiesOf(decided: Json | undefined, namespace: string): readonly string[] {
  const actions = isJsonObject(decided) ? decided["actions"] : undefined;
  if (!isJsonObject(actions)) return [];
  return Object.values(actions).filter(isJsonObject)
    .filter(({ action_type }) => POLICY_ACTIONS.has(action_type))
    .map(({ target }) => target).filter((target) => typeof target === "string")
    .filter((target) => refText(readRef(target)) === target)
    .filter((target) => readRef(target).namespace === namespace);
}

function specName(agent: string): string {
  return `${agent}-spec`;
}

function workspaceName(agent: string): string {
  return `${agent}-workspace`;
}
