/**
 * What of the operator is in a cluster.
 *
 * @module
 */
import { DEPLOYMENT } from "../../../operator/kinds.ts";
import { type Workload, workloadOf } from "../chart/workload.ts";
import type { Context } from "../context.ts";
import { POD, type PodObject } from "./kinds.ts";
import { matches, selectorText } from "./labels.ts";

/** Where the operator is meant to be. */
type Place = Pick<Context, "cluster" | "namespace" | "selector">;

/**
 * The operator's pods that run, or would: all but those that are on their way out or done.
 *
 * @throws {Error} where there is none
 */
export async function operatorPods(
  { cluster, namespace, selector }: Place,
  signal: AbortSignal,
): Promise<readonly PodObject[]> {
  const labelSelector = selectorText(selector);
  const { items } = await (await cluster()).list(POD, { namespace, labelSelector }, { signal });
  const pods = items.filter(isKept);
  if (pods.length > 0) return pods;
  throw new Error(`no pod in namespace ${namespace} has ${labelSelector}`);
}

/** Whether a pod's containers run. */
export function isRunning({ status }: PodObject): boolean {
  return status?.phase === "Running";
}

/**
 * The operator's Deployments: one, as a rule.
 *
 * @throws {Error} where there is none
 */
export async function operatorDeployments(
  { cluster, namespace, selector }: Place,
  signal: AbortSignal,
): Promise<readonly Workload[]> {
  const { items } = await (await cluster()).list(DEPLOYMENT, { namespace }, { signal });
  const workloads = items.map(workloadOf).filter(({ labels }) => matches(selector, labels));
  if (workloads.length > 0) return workloads;
  throw new Error(
    `no Deployment in namespace ${namespace} has pods with ${selectorText(selector)}`,
  );
}

function isKept({ metadata, status }: PodObject): boolean {
  return metadata.deletionTimestamp === undefined &&
    !["Succeeded", "Failed"].includes(status?.phase ?? "");
}
