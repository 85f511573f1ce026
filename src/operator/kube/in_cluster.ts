import { join } from "node:path";
import { ConfigError } from "../../config/config_error.ts";
import type { Environment } from "../../config/environment.ts";
import { addressOf, type ClusterAccess } from "./access.ts";
import {
  type CredentialSources,
  filesOf,
  fileSource,
  readCredentials,
} from "./credential_sources.ts";

/** Where a pod finds what its service account is known by. */
const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Whether we run in a pod. */
export function isInCluster(environment: Environment): boolean {
  return (environment.KUBERNETES_SERVICE_HOST ?? "") !== "";
}

/**
 * The way from a pod to the API server, with the pod's service account. Source: Kubernetes
 * documentation, "Accessing the Kubernetes API from a Pod".
 *
 * @param directory of the service account
 * @throws {ConfigError}
 */
export async function inClusterAccess(
  environment: Environment,
  directory = SERVICE_ACCOUNT,
): Promise<ClusterAccess> {
  const address = addressIn(environment);
  const namespaceFile = join(directory, "namespace");
  const sources: CredentialSources = {
    token: fileSource(join(directory, "token")),
    authority: fileSource(join(directory, "ca.crt")),
  };
  await readCredentials(sources);
  return {
    ...address,
    namespace: (await fileSource(namespaceFile).read()).trim(),
    readFiles: [...filesOf(sources), namespaceFile],
    credentials: () => readCredentials(sources),
  };
}

function addressIn(environment: Environment) {
  const { KUBERNETES_SERVICE_HOST: host = "", KUBERNETES_SERVICE_PORT: port = "443" } = environment;
  const address = addressOf(`https://${host.includes(":") ? `[${host}]` : host}:${port}`);
  if ("server" in address) return address;
  const path = "KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT";
  throw new ConfigError("environment", [{ path, message: "are no address of a server" }]);
}
