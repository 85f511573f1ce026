import type { Environment } from "../../../config/environment.ts";
import { clusterAccess } from "../../../operator/kube/cluster_access.ts";
import { KubeClient } from "../../../operator/kube/kube_client.ts";
import { KubeError } from "../../../operator/kube/kube_error.ts";
import type { Cluster } from "./cluster.ts";

/** Which cluster. */
export interface ClusterChoice {
  /** Path; without it as kubectl finds it, or as a pod does. */
  readonly kubeconfig?: string;
  /** Of the kubeconfig. */
  readonly context?: string;
}

/**
 * Opens the way to a cluster; nothing is asked yet.
 *
 * @throws {ConfigError} where there is none
 */
export async function openCluster(
  { kubeconfig, context }: ClusterChoice,
  environment: Environment,
): Promise<Cluster & Disposable> {
  const variables = kubeconfig === undefined
    ? environment
    : { ...environment, KUBECONFIG: kubeconfig };
  const access = await clusterAccess(variables, { context });
  return new NamedCluster(access.server, access);
}

/**
 * Asks a cluster's server for anything at all, so that one that does not answer is waited for once, and
 * not by every check. A refusal is an answer.
 *
 * @throws {KubeUnreachableError}
 */
export async function demandAnswer(cluster: Cluster): Promise<void> {
  try {
    await cluster.getText("/version");
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
  }
}

class NamedCluster extends KubeClient implements Cluster {
  constructor(readonly name: string, ...client: ConstructorParameters<typeof KubeClient>) {
    super(...client);
  }
}
