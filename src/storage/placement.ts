import type { Backend, BackendError, BackendKey } from "../backends/backend.ts";
import { type Placement, reserve } from "../metadata/quotas.ts";
import { backendKeyOf } from "./backend_key.ts";
import { backendOf, type StorageContext } from "./context.ts";
import { slowDown, StorageError } from "./storage_error.ts";
import { newVersion } from "./version.ts";

/** Where a write goes: its bytes are reserved there, and its intent is recorded. */
export interface Place {
  readonly backend: Backend;
  readonly backendKey: BackendKey;
  /** The version that the object will have; also the id of the intent. */
  readonly version: string;
}

/** What is to be placed. */
export interface Placing {
  readonly kind: "object" | "part";
  readonly bucket: string;
  readonly key: string;
  /** Bytes to reserve. */
  readonly bytes: number;
  /** Room that must be there, when that is more than what is reserved now. */
  readonly headroom?: number;
  /** Backends that may take it, in the order of the configuration. */
  readonly backends: readonly string[];
  readonly placement?: Placement | "roomiest";
}

/**
 * Reserves room and records the intent. When all are full, deletions that wait are carried out
 * first: bytes on their way out must not refuse a write.
 *
 * Throws `InsufficientStorage`.
 */
export async function place(ctx: StorageContext, placing: Placing): Promise<Place> {
  const at = await placeAtOnce(ctx, placing);
  if (at) return at;
  await ctx.deletions.makeRoom();
  const then = await placeAtOnce(ctx, placing);
  if (then) return then;
  throw insufficientStorage();
}

/** {@link place} in the room that there is now; `undefined` when there is none. */
export async function placeAtOnce(
  ctx: StorageContext,
  placing: Placing,
): Promise<Place | undefined> {
  const version = newVersion();
  const backendKey = backendKeyOf(placing.bucket, placing.key, version);
  const name = await reserve(ctx.sql, {
    id: version,
    kind: placing.kind,
    backendKey,
    bytes: placing.bytes,
    headroom: Math.max(placing.headroom ?? 0, placing.bytes),
    backends: placing.backends,
    placement: placing.placement ?? ctx.placement,
  });
  return name === undefined ? undefined : { backend: backendOf(ctx, name), backendKey, version };
}

/** The backends that have not failed a write yet. */
export function backendsExcept(
  ctx: StorageContext,
  failed: ReadonlyMap<string, BackendError>,
): readonly string[] {
  return [...ctx.backends.keys()].filter((name) => !failed.has(name));
}

/** Where backends had failed a write before no other had room for it, that is what the client is told. */
export function throwFirst(failed: ReadonlyMap<string, BackendError>, error: unknown): never {
  const [cause] = failed.values();
  throw cause === undefined ? error : slowDown(cause);
}

export function insufficientStorage(): StorageError {
  return new StorageError("InsufficientStorage", "No backend has room for this object.");
}
