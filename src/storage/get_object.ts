import { BackendError, type ByteRange } from "../backends/backend.ts";
import { findObject } from "../metadata/objects.ts";
import { backendOf, type StorageContext } from "./context.ts";
import { missingBytes, withEntityTag } from "./entity_tag.ts";
import type { StoredObject } from "./model.ts";
import type { OpenObject, ReadPlan } from "./requests.ts";
import { slowDown, StorageError } from "./storage_error.ts";

/** How often a read begins again because the object was overwritten between its row and its bytes. */
const MOST_ATTEMPTS = 5;

/** The object's row. Throws `NoSuchKey`, `NoSuchBucket`. */
export async function headObject(
  ctx: StorageContext,
  bucket: string,
  key: string,
): Promise<StoredObject> {
  const object = await findObject(ctx.sql, bucket, key);
  if (!object) {
    await ctx.buckets.require(bucket);
    throw new StorageError("NoSuchKey", "The specified key does not exist.", { Key: key });
  }
  return await withEntityTag(ctx, object);
}

/**
 * Opens an object's bytes. `choose` decides by the row what to read; see `Storage.getObject`.
 */
export async function getObject(
  ctx: StorageContext,
  bucket: string,
  key: string,
  choose: (object: StoredObject) => Promise<ReadPlan> | ReadPlan,
): Promise<OpenObject> {
  for (let attempt = 1;; attempt++) {
    const object = await headObject(ctx, bucket, key);
    const { range, signal } = await choose(object);
    try {
      return { object, body: await openBytes(ctx, object, range, signal) };
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      if (error.kind === "unavailable") throw slowDown(error);
      if (error.kind === "rejected" || attempt === MOST_ATTEMPTS) throw missingBytes(object, error);
    }
  }
}

/** The bytes of an object, or a range of them. Throws `BackendError`. */
export async function openBytes(
  ctx: StorageContext,
  object: StoredObject,
  range: ByteRange | undefined,
  signal?: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  if (object.size === 0) return ReadableStream.from([]);
  return await backendOf(ctx, object.backend).get(object.backendKey, range, { signal });
}
