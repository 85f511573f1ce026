/**
 * Where the API has its objects. Source: Kubernetes API concepts, "Resource URIs".
 *
 * @module
 */
import { KubeError } from "./kube_error.ts";
import { apiVersionOf, type ObjectRef, type ResourceKind } from "./kube_object.ts";

/**
 * Path of all objects of a kind, or of those in one namespace.
 *
 * @throws {KubeError} with reason `BadRequest`, as a server would, for a name that is no segment of a path
 */
export function collectionPath(kind: ResourceKind, namespace?: string): string {
  const root = kind.group === "" ? "/api" : "/apis";
  const version = `${root}/${apiVersionOf(kind)}`;
  if (namespace === undefined) return `${version}/${kind.plural}`;
  if (!kind.namespaced) throw refused(`a ${kind.kind} is in no namespace, not in "${namespace}"`);
  return `${version}/namespaces/${segment(namespace)}/${kind.plural}`;
}

/**
 * Path of one object.
 *
 * @throws {KubeError} as {@link collectionPath}, and where the namespace is missing
 */
export function objectPath(kind: ResourceKind, { namespace, name }: ObjectRef): string {
  if (kind.namespaced && namespace === undefined) {
    throw refused(`a ${kind.kind} is in a namespace; "${name}" comes without one`);
  }
  return `${collectionPath(kind, namespace)}/${segment(name)}`;
}

/** Source: `IsValidPathSegmentName` of k8s.io/apimachinery. */
function segment(name: string): string {
  if (["", ".", ".."].includes(name) || /[/%]/.test(name) || !name.isWellFormed()) {
    throw refused(`${JSON.stringify(name)} is no name of an object`);
  }
  return encodeURIComponent(name);
}

function refused(message: string): KubeError {
  return new KubeError(400, "BadRequest", message);
}
