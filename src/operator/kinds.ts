/**
 * The kinds of objects that the operator reads and writes.
 *
 * @module
 */
import type { Deployment } from "kubernetes-types/apps/v1";
import type { Lease } from "kubernetes-types/coordination/v1";
import type { ConfigMap, PersistentVolumeClaim } from "kubernetes-types/core/v1";
import type { NetworkPolicy } from "kubernetes-types/networking/v1";
import type { KubeObject, ObjectOf, ResourceKind } from "./kube/kube_object.ts";

/** Kept in `coordination.k8s.io`. */
export type LeaseObject = ObjectOf<Lease>;

export const LEASE: ResourceKind<LeaseObject> = {
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  plural: "leases",
  namespaced: true,
};

export const CONFIG_MAP: ResourceKind<ObjectOf<ConfigMap>> = {
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  namespaced: true,
};

export const PERSISTENT_VOLUME_CLAIM: ResourceKind<ObjectOf<PersistentVolumeClaim>> = {
  group: "",
  version: "v1",
  kind: "PersistentVolumeClaim",
  plural: "persistentvolumeclaims",
  namespaced: true,
};

export const DEPLOYMENT: ResourceKind<ObjectOf<Deployment>> = {
  group: "apps",
  version: "v1",
  kind: "Deployment",
  plural: "deployments",
  namespaced: true,
};

export const NETWORK_POLICY: ResourceKind<ObjectOf<NetworkPolicy>> = {
  group: "networking.k8s.io",
  version: "v1",
  kind: "NetworkPolicy",
  plural: "networkpolicies",
  namespaced: true,
};

/** How far an agent is. Source of the conditions: Kubernetes API conventions, "Typical status properties". */
export interface AgentStatus {
  /** `metadata.generation` of the spec that all of this is about. */
  readonly observedGeneration?: number;
  readonly phase?: "Pending" | "Running" | "Failed";
  readonly conditions?: readonly Condition[];
}

/** One thing that is so, or is not. */
export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly observedGeneration?: number;
  /** RFC 3339: when `status` last became another. */
  readonly lastTransitionTime: string;
  /** One word, for programs. */
  readonly reason: string;
  /** For people. */
  readonly message: string;
}

/** An agent. Of what its spec looks like only the schema of the cluster is certain. */
export interface AgentObject extends KubeObject {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: AgentStatus;
}

export const AGENT: ResourceKind<AgentObject> = {
  group: "universe.ai",
  version: "v1alpha1",
  kind: "Agent",
  plural: "agents",
  namespaced: true,
};
