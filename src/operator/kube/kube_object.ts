/**
 * Objects of Kubernetes, and how they are addressed.
 *
 * @module
 */

/** What every object has. Source: Kubernetes API conventions, "Metadata". */
export interface ObjectMeta {
  readonly name: string;
  /** Absent for what belongs to the whole cluster. */
  readonly namespace?: string;
  readonly uid?: string;
  /** Opaque: it may be compared for being the same, and handed back. */
  readonly resourceVersion?: string;
  /** Counts changes of `spec`. */
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
}

/** Who an object goes away with. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** An object of whatever kind. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** An object of a type that says more than {@link KubeObject}, and whose marks are always there. */
export type ObjectOf<T> = Omit<T, "apiVersion" | "kind" | "metadata"> & KubeObject;

/** A kind of objects, and where the API has it. The type says what its objects look like. */
export interface ResourceKind<T extends KubeObject = KubeObject> {
  /** `""` for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: T["kind"];
  /** As in paths: `networkpolicies`. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** Never there: it ties the type to the kind. */
  readonly object?: T;
}

/** Which object of a kind. */
export interface ObjectRef {
  /** Absent for what belongs to the whole cluster. */
  readonly namespace?: string;
  readonly name: string;
}

/** As `apiVersion` of objects: `apps/v1`, or `v1` for the core group. */
export function apiVersionOf({ group, version }: ResourceKind): string {
  return group === "" ? version : `${group}/${version}`;
}

/** Where an object is. */
export function refOf({ metadata: { namespace, name } }: KubeObject): ObjectRef {
  return namespace === undefined ? { name } : { namespace, name };
}

/** `namespace/name`, or the name of what belongs to the whole cluster. */
export function refText({ namespace, name }: ObjectRef): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Which object a text of the form `namespace/name` means. */
export function readRef(text: string): ObjectRef & { readonly namespace: string } {
  const [namespace = "", name = ""] = text.split("/");
  return { namespace, name };
}
