/**
 * What actions mean in Kubernetes.
 *
 * @module
 */
import { CONFIG_MAP, DEPLOYMENT, NETWORK_POLICY, PERSISTENT_VOLUME_CLAIM } from "../kinds.ts";
import {
  apiVersionOf,
  type KubeObject,
  type ObjectMeta,
  type OwnerReference,
  type ResourceKind,
} from "../kube/kube_object.ts";
import type {
  Action,
  EnsureAction,
  EnsureConfigMap,
  EnsureDeployment,
  EnsureNetworkPolicy,
  EnsurePVC,
} from "./action.ts";
import { MANAGED_BY } from "./ownership.ts";
import { podTemplate } from "./pod_template.ts";

/** The objects of a kind. */
type ObjectOf<Kind extends ResourceKind> = NonNullable<Kind["object"]>;

/** The kinds of objects that actions are about. */
export const KIND_OF: Readonly<Record<Action["action_type"], ResourceKind>> = {
  EnsureConfigMap: CONFIG_MAP,
  EnsurePVC: PERSISTENT_VOLUME_CLAIM,
  EnsureDeployment: DEPLOYMENT,
  EnsureNetworkPolicy: NETWORK_POLICY,
  DeleteNetworkPolicy: NETWORK_POLICY,
};

/**
 * What is to be applied for an action.
 *
 * @param owner the agent
 */
export function manifestOf(action: EnsureAction, owner: OwnerReference): KubeObject {
  switch (action.action_type) {
    case "EnsureConfigMap":
      return configMap(action, owner);
    case "EnsurePVC":
      return claim(action, owner);
    case "EnsureDeployment":
      return deployment(action, owner);
    case "EnsureNetworkPolicy":
      return networkPolicy(action, owner);
  }
}

function configMap(
  { params }: EnsureConfigMap,
  owner: OwnerReference,
): ObjectOf<typeof CONFIG_MAP> {
  return { ...typeOf(CONFIG_MAP), metadata: metadata(params, owner), data: params.data };
}

function claim(
  { params }: EnsurePVC,
  owner: OwnerReference,
): ObjectOf<typeof PERSISTENT_VOLUME_CLAIM> {
  const { size: storage, storage_class: storageClassName } = params;
  return {
    ...typeOf(PERSISTENT_VOLUME_CLAIM),
    metadata: metadata(params, owner),
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage } },
      ...(storageClassName === undefined ? {} : { storageClassName }),
    },
  };
}

function deployment(
  { params }: EnsureDeployment,
  owner: OwnerReference,
): ObjectOf<typeof DEPLOYMENT> {
  const { spec } = params;
  const labels = podLabels(owner.name);
  return {
    ...typeOf(DEPLOYMENT),
    metadata: metadata(params, owner),
    spec: {
      replicas: spec.replicas,
      // The workspace can be in one pod at a time.
      strategy: { type: "Recreate" },
      selector: { matchLabels: labels },
      template: podTemplate(spec, { ...labels, ...MANAGED_BY }),
    },
  };
}

function networkPolicy(
  { params }: EnsureNetworkPolicy,
  owner: OwnerReference,
): ObjectOf<typeof NETWORK_POLICY> {
  const { pod_selector: matchLabels, policy_type } = params;
  return {
    ...typeOf(NETWORK_POLICY),
    metadata: metadata(params, owner),
    spec: {
      podSelector: { matchLabels },
      policyTypes: ["Egress"],
      // No rules at all are said as well: rules that somebody adds would otherwise stay.
      egress: policy_type === "allow-egress" ? [{}] : [],
    },
  };
}

function typeOf<Kind extends ResourceKind>(kind: Kind) {
  return { apiVersion: apiVersionOf(kind), kind: kind.kind };
}

function metadata(
  { name, namespace }: { readonly name: string; readonly namespace: string },
  owner: OwnerReference,
): ObjectMeta {
  const labels = { ...podLabels(owner.name), ...MANAGED_BY };
  return { name, namespace, labels, ownerReferences: [owner] };
}

/** What network policies and deployments know pods of an agent by. */
function podLabels(agent: string) {
  return { app: "universe-agent", agent };
}
