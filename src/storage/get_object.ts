import { BackendError, type ByteRange } from "../backends/backend.ts";
import { completeObject, findObject, type FoundObject } from "../metadata/objects.ts";
import { backendOf, type StorageContext } from "./context.ts";
import type { ObjectHeaders, StoredObject } from "./model.ts";
import { slowDown } from "./put_object.ts";
import type { OpenObject, ReadPlan } from "./requests.ts";
import { StorageError } from "./storage_error.ts";

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
  const { etag } = object;
  return etag === undefined ? await learn(ctx, object) : { ...object, etag };
}

/** Asks the backend, once, for what s3-proxy did not keep in the row. */
async function learn(ctx: StorageContext, object: FoundObject): Promise<StoredObject> {
  const held = await backendOf(ctx, object.backend).head(object.backendKey);
  if (!held) throw missingBytes(object);
  const headers: ObjectHeaders = {
    ...object.headers,
    contentType: held.contentType,
    metadata: held.metadata ?? {},
  };
  await completeObject(ctx.sql, object, held.etag, headers);
  return { ...object, headers, etag: held.etag };
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

/** A row without bytes must be impossible: where it is seen all the same, somebody must be told. */
function missingBytes(object: FoundObject, cause?: BackendError): Error {
  return new Error(
    `backend ${object.backend} does not have the bytes of ${object.bucket}/${object.key} (${object.backendKey})`,
    { cause },
  );
}
