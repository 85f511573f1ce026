/**
 * The kinds of objects that the checks look at and the operator does not.
 *
 * @module
 */
import type { Node, Pod } from "kubernetes-types/core/v1";
import type { PodDisruptionBudget } from "kubernetes-types/policy/v1";
import type { KubeObject, ResourceKind } from "../../../operator/kube/kube_object.ts";

type Of<T> = Omit<T, "apiVersion" | "kind" | "metadata"> & KubeObject;

export type NodeObject = Of<Node>;

export const NODE: ResourceKind<NodeObject> = {
  group: "",
  version: "v1",
  kind: "Node",
  plural: "nodes",
  namespaced: false,
};

export type PodObject = Of<Pod>;

export const POD: ResourceKind<PodObject> = {
  group: "",
  version: "v1",
  kind: "Pod",
  plural: "pods",
  namespaced: true,
};

export const POD_DISRUPTION_BUDGET: ResourceKind<Of<PodDisruptionBudget>> = {
  group: "policy",
  version: "v1",
  kind: "PodDisruptionBudget",
  plural: "poddisruptionbudgets",
  namespaced: true,
};
