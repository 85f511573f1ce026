import type { Backend } from "../backends/backend.ts";
import { type Placement, reserve } from "../metadata/quotas.ts";
import { backendKeyOf } from "./backend_key.ts";
import { backendOf, type StorageContext } from "./context.ts";
import { StorageError } from "./storage_error.ts";
import { newVersion } from "./version.ts";
import type { BackendKey } from "../backends/backend.ts";

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
  const version = newVersion();
  const backendKey = backendKeyOf(placing.bucket, placing.key, version);
  const wanted = {
    id: version,
    kind: placing.kind,
    backendKey,
    bytes: placing.bytes,
    headroom: Math.max(placing.headroom ?? 0, placing.bytes),
    backends: placing.backends,
    placement: placing.placement ?? ctx.placement,
  };
  let name = await reserve(ctx.sql, wanted);
  if (name === undefined) {
    await ctx.deletions.makeRoom();
    name = await reserve(ctx.sql, wanted);
  }
  if (name === undefined) throw insufficientStorage();
  return { backend: backendOf(ctx, name), backendKey, version };
}

export function insufficientStorage(): StorageError {
  return new StorageError("InsufficientStorage", "No backend has room for this object.");
}
