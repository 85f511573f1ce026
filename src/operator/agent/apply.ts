import { createHash } from "node:crypto";
import { asJson } from "../../eventlog/as_json.ts";
import { canonicalJson } from "../../eventlog/canonical_json.ts";
import type { Json } from "../../eventlog/json.ts";
import type { KubeApi } from "../kube/kube_api.ts";
import type { KubeObject, OwnerReference } from "../kube/kube_object.ts";
import type { Term } from "../term.ts";
import type { Action, DeleteNetworkPolicy, EnsureAction } from "./action.ts";
import { KIND_OF, manifestOf } from "./manifest.ts";
import { isOwnedBy } from "./ownership.ts";
import { project } from "./projection.ts";
import { ForeignObjectError } from "./stable_error.ts";

/** Who fields belong to that the operator applies. */
export const FIELD_MANAGER = "holdfast-operator";

/** What an action came to. Names are those of `ActionApplied`. */
export interface ActionResult {
  readonly operation: "create" | "patch" | "delete" | "noop";
  /** Whether everything was as it ought to be. */
  readonly noop: boolean;
  readonly status_code: 200 | 201 | 304;
  readonly result_code:
    | "CREATED"
    | "PATCHED"
    | "ALREADY_MATCHED"
    | "DELETED"
    | "ALREADY_ABSENT";
  readonly resource_ref: string;
  /** SHA-256 of what ought to be there; `null` for what ought not to. */
  readonly desired_hash: string | null;
  /** SHA-256 of what was there of it; `null` where nothing was, and of what is deleted. */
  readonly observed_hash: string | null;
}

/** An action that was done, and the object as it is now; absent where it was deleted. */
export interface AppliedAction {
  readonly result: ActionResult;
  readonly object?: KubeObject;
}

/** With what actions are done. */
export interface ApplyContext {
  readonly api: Pick<KubeApi, "get" | "apply" | "delete">;
  /** The agent. */
  readonly owner: OwnerReference;
  readonly term: Term;
}

/**
 * Does what an action says. To do it again does nothing.
 *
 * @throws {ForeignObjectError} where somebody else's object has the name: it is left alone
 * @throws {KubeError} {@link KubeUnreachableError} {@link LeadershipLostError}
 */
export function applyAction(action: Action, context: ApplyContext): Promise<AppliedAction> {
  return action.action_type === "DeleteNetworkPolicy"
    ? remove(action, context)
    : ensure(action, context);
}

/** `Kind/namespace/name` of the object of an action. */
export function resourceRef({ action_type, params: { namespace, name } }: Action): string {
  return `${KIND_OF[action_type].kind}/${namespace}/${name}`;
}

/** {@link ActionResult.desired_hash} of an action. */
export function desiredHash(action: Action, owner: OwnerReference): string | null {
  if (action.action_type === "DeleteNetworkPolicy") return null;
  return hashOf(asJson(withoutUids(manifestOf(action, owner))));
}

async function ensure(action: EnsureAction, context: ApplyContext): Promise<AppliedAction> {
  const { api, owner, term } = context;
  const kind = KIND_OF[action.action_type];
  const manifest = manifestOf(action, owner);
  const before = await findOwn(action, context);
  term.demand();
  const { signal } = term;
  const options = { fieldManager: FIELD_MANAGER, force: true, signal };
  const { object, isCreated } = await api.apply(kind, manifest, options);
  const common = { resource_ref: resourceRef(action), desired_hash: desiredHash(action, owner) };
  if (isCreated || before === undefined) {
    const created = { operation: "create", status_code: 201, result_code: "CREATED" } as const;
    return { result: { ...created, ...common, noop: false, observed_hash: null }, object };
  }
  const observed_hash = hashOf(projected(withoutUids(manifest), withoutUids(before)));
  const noop = textOf(manifest, before) === textOf(manifest, object);
  const outcome = noop
    ? { operation: "noop", status_code: 304, result_code: "ALREADY_MATCHED" } as const
    : { operation: "patch", status_code: 200, result_code: "PATCHED" } as const;
  return { result: { ...outcome, ...common, noop, observed_hash }, object };
}

async function remove(
  action: DeleteNetworkPolicy,
  context: ApplyContext,
): Promise<AppliedAction> {
  const { api, term } = context;
  const { name, namespace } = action.params;
  const common = { resource_ref: resourceRef(action), desired_hash: null };
  const before = await findOwn(action, context);
  term.demand();
  const isDeleted = before !== undefined &&
    await api.delete(KIND_OF[action.action_type], { name, namespace }, { signal: term.signal });
  if (!isDeleted) {
    const absent = { operation: "noop", status_code: 304, result_code: "ALREADY_ABSENT" } as const;
    return { result: { ...absent, ...common, noop: true, observed_hash: null } };
  }
  const deleted = { operation: "delete", status_code: 200, result_code: "DELETED" } as const;
  return { result: { ...deleted, ...common, noop: false, observed_hash: null } };
}

/** @throws {ForeignObjectError} */
async function findOwn(
  action: Action,
  { api, owner, term: { signal } }: ApplyContext,
): Promise<KubeObject | undefined> {
  const { name, namespace } = action.params;
  const found = await api.get(KIND_OF[action.action_type], { name, namespace }, { signal });
  if (found !== undefined && !isOwnedBy(found, owner)) {
    throw new ForeignObjectError(resourceRef(action));
  }
  return found;
}

/** Every cluster has other ones, and every agent that is made anew. */
function withoutUids(object: KubeObject): KubeObject {
  const { ownerReferences = [], ...metadata } = object.metadata;
  const owners = ownerReferences.map((owner) => ({ ...owner, uid: "" }));
  return { ...object, metadata: { ...metadata, ownerReferences: owners } };
}

/** Controllers write status meanwhile, so that versions say nothing. */
function textOf(manifest: KubeObject, object: KubeObject): string {
  return canonicalJson(projected(manifest, object));
}

function projected(manifest: KubeObject, object: KubeObject): Json {
  return project(asJson(manifest), asJson(object)) ?? null;
}

function hashOf(value: Json): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}
