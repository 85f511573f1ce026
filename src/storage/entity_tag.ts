import { BackendError, type Held } from "../backends/backend.ts";
import { completeObject, type FoundObject } from "../metadata/objects.ts";
import { backendOf, type StorageContext } from "./context.ts";
import type { ObjectHeaders, StoredObject } from "./model.ts";
import { slowDown } from "./storage_error.ts";

/**
 * The object with its entity tag. What s3-proxy did not keep in its rows is asked of the backend,
 * once. Throws `SlowDown` when that does not answer.
 */
export async function withEntityTag(
  ctx: StorageContext,
  object: FoundObject,
): Promise<StoredObject> {
  const { etag } = object;
  if (etag !== undefined) return { ...object, etag };
  const held = await ask(ctx, object);
  const headers: ObjectHeaders = {
    ...object.headers,
    contentType: held.contentType,
    metadata: held.metadata ?? {},
  };
  await completeObject(ctx.sql, object, held.etag, headers);
  return { ...object, headers, etag: held.etag };
}

async function ask(ctx: StorageContext, object: FoundObject): Promise<Held> {
  try {
    const held = await backendOf(ctx, object.backend).head(object.backendKey);
    if (held) return held;
  } catch (error) {
    throw error instanceof BackendError ? slowDown(error) : error;
  }
  throw missingBytes(object);
}

/** A row without bytes must be impossible: where it is seen all the same, somebody must be told. */
export function missingBytes(object: FoundObject, cause?: BackendError): Error {
  return new Error(
    `backend ${object.backend} does not have the bytes of ${object.bucket}/${object.key} (${object.backendKey})`,
    { cause },
  );
}
