/**
 * Zones of a cluster, and who is in which.
 * Source: Kubernetes documentation, "Well-Known Labels", `topology.kubernetes.io/zone`.
 *
 * @module
 */
import { count } from "../../policy/findings.ts";
import type { Context } from "../context.ts";
import { failed, type Finding, judged, notApplicable } from "../finding.ts";
import { NODE, type NodeObject } from "./kinds.ts";
import { isRunning, operatorDeployments, operatorPods } from "./operator.ts";

/** The label that says where a node is. */
export const ZONE = "topology.kubernetes.io/zone";

/** The zones that nodes for pods are in. */
export interface Zones {
  /** By node. */
  readonly ofNode: ReadonlyMap<string, string>;
  readonly all: readonly string[];
  /** Nodes that do not say. */
  readonly unlabelled: readonly string[];
}

/** Looks where the nodes are that take pods. */
export async function zonesOf(context: Context, signal: AbortSignal): Promise<Zones> {
  const { items } = await (await context.cluster()).list(NODE, {}, { signal });
  const nodes = items.filter((node) => !isControlPlane(node));
  const zoned = nodes.flatMap(({ metadata: { name, labels } }) => {
    const zone = labels?.[ZONE];
    return zone === undefined || zone === "" ? [] : [[name, zone] as const];
  });
  const ofNode = new Map(zoned);
  return {
    ofNode,
    all: [...new Set(ofNode.values())].sort(),
    unlabelled: nodes.map(({ metadata: { name } }) => name).filter((name) => !ofNode.has(name)),
  };
}

/** Whether all of the operator's pods run, in two zones at least where there are as many. */
export async function podsAreSpread(context: Context, signal: AbortSignal): Promise<Finding> {
  const { all, ofNode } = await zonesOf(context, signal);
  if (all.length === 0) return failed("no node says which zone it is in");
  if (all.length === 1) return notApplicable(`the cluster has one zone, ${all[0]}`);
  const replicas = (await operatorDeployments(context, signal))
    .reduce((sum, each) => sum + each.replicas, 0);
  if (replicas === 1) return notApplicable("the operator has one replica");
  const pods = await operatorPods(context, signal);
  const placed = pods.filter(isRunning).map(({ metadata: { name }, spec }) =>
    [name, ofNode.get(spec?.nodeName ?? "") ?? "no zone"] as const
  );
  const zones = new Set(placed.map(([, zone]) => zone).filter((zone) => zone !== "no zone"));
  return judged(
    placed.map(([name, zone]) => `pod ${name} is in ${zone}`),
    [
      ...zones.size < 2
        ? [`${count(placed.length, "running pod")} in ${count(zones.size, "zone")}, not 2`]
        : [],
      ...placed.length < replicas
        ? [`${count(placed.length, "running pod")} of ${count(replicas, "replica")}`]
        : [],
    ],
  );
}

/** Nodes that take no pods of ours say nothing about them. */
function isControlPlane({ spec }: NodeObject): boolean {
  return (spec?.taints ?? []).some(({ key }) => key === "node-role.kubernetes.io/control-plane");
}
