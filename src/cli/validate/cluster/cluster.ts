import type { CallOptions, KubeApi } from "../../../operator/kube/kube_api.ts";

/** The cluster that the operator is deployed in. */
export interface Cluster extends KubeApi {
  /** URL of its API server. */
  readonly name: string;
  /** Reads a path that is no object, such as what a pod answers through the server. */
  getText(path: string, options?: CallOptions): Promise<string>;
}
