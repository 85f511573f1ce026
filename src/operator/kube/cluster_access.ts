import { delimiter, join, resolve } from "node:path";
import { ConfigError } from "../../config/config_error.ts";
import type { Environment } from "../../config/environment.ts";
import type { ClusterAccess } from "./access.ts";
import { inClusterAccess, isInCluster } from "./in_cluster.ts";
import { kubeconfigAccess } from "./kubeconfig.ts";

/** What is not in the environment. */
export interface AccessOptions {
  /** Of a kubeconfig, instead of its `current-context`. */
  readonly context?: string;
  /** Directory of the service account, where it is not the usual one. */
  readonly serviceAccount?: string;
}

/**
 * Finds the way to the API server: the files that `KUBECONFIG` names; in a pod, its service account;
 * otherwise `~/.kube/config`.
 *
 * @throws {ConfigError}
 */
export async function clusterAccess(
  environment: Environment,
  { context, serviceAccount }: AccessOptions = {},
): Promise<ClusterAccess> {
  const files = filesOf(environment.KUBECONFIG);
  if (files.length > 0) return await kubeconfigAccess(files, context);
  if (isInCluster(environment)) return await inClusterAccess(environment, serviceAccount);
  const home = environment.HOME ?? "";
  if (home !== "") return await kubeconfigAccess([join(home, ".kube", "config")], context);
  const message = "is required, or HOME, or KUBERNETES_SERVICE_HOST as in a pod";
  throw new ConfigError("environment", [{ path: "KUBECONFIG", message }]);
}

function filesOf(list = ""): readonly string[] {
  return list.split(delimiter).filter((file) => file !== "").map((file) => resolve(file));
}
