/**
 * The kinds of objects that the checks look at and the operator does not.
 *
 * @module
 */
import type { Node, Pod } from "kubernetes-types/core/v1";
import type { PodDisruptionBudget } from "kubernetes-types/policy/v1";
import type { ObjectOf, ResourceKind } from "../../../operator/kube/kube_object.ts";

export type NodeObject = ObjectOf<Node>;

export const NODE: ResourceKind<NodeObject> = {
  group: "",
  version: "v1",
  kind: "Node",
  plural: "nodes",
  namespaced: false,
};

export type PodObject = ObjectOf<Pod>;

export const POD: ResourceKind<PodObject> = {
  group: "",
  version: "v1",
  kind: "Pod",
  plural: "pods",
  namespaced: true,
};

export const POD_DISRUPTION_BUDGET: ResourceKind<ObjectOf<PodDisruptionBudget>> = {
  group: "policy",
  version: "v1",
  kind: "PodDisruptionBudget",
  plural: "poddisruptionbudgets",
  namespaced: true,
};
