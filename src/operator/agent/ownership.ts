/**
 * Whose objects are.
 *
 * @module
 */
import { AGENT, type AgentObject } from "../kinds.ts";
import { apiVersionOf, type KubeObject, type OwnerReference } from "../kube/kube_object.ts";

/** The label that all objects have that the operator makes. */
export const MANAGED_BY = { "app.kubernetes.io/managed-by": "holdfast-operator" } as const;

/** What ties an object to its agent: it goes away with it. */
export function ownerOf({ metadata: { name, uid = "" } }: AgentObject): OwnerReference {
  const { kind } = AGENT;
  return {
    apiVersion: apiVersionOf(AGENT),
    kind,
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

/**
 * Whether an object is the operator's, for the agent of that name: one that was there before and is
 * there again has another `uid`. One that has the label and no owner was handed over on purpose.
 */
export function isOwnedBy({ metadata }: KubeObject, owner: OwnerReference): boolean {
  const { labels = {}, ownerReferences = [] } = metadata;
  const isOurs = Object.entries(MANAGED_BY).every(([name, value]) => labels[name] === value);
  const controller = ownerReferences.find((each) => each.controller);
  return isOurs && (controller === undefined ||
    controller.kind === owner.kind && controller.name === owner.name &&
      groupOf(controller.apiVersion) === groupOf(owner.apiVersion));
}

function groupOf(apiVersion: string): string {
  return apiVersion.slice(0, apiVersion.lastIndexOf("/") + 1);
}
