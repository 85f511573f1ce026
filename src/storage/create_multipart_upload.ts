import { BackendError } from "../backends/backend.ts";
import { abandonIntent } from "../metadata/intents.ts";
import { isSqlState, SQLSTATE } from "../metadata/sql.ts";
import { insertUpload, type PlacedUpload } from "../metadata/uploads.ts";
import { noSuchBucket } from "./bucket_directory.ts";
import type { StorageContext } from "./context.ts";
import { type Place, place } from "./placement.ts";
import { slowDown } from "./put_object.ts";
import type { CreateMultipartUpload } from "./requests.ts";
import { StorageError } from "./storage_error.ts";
import { newVersion } from "./version.ts";

/**
 * How much room a backend should have left to be chosen in the usual order, in bytes: an upload in
 * parts is large, and all its parts go to one backend.
 */
const HEADROOM = 1024 ** 3;

/** Begins a multipart upload on a backend, and records it. */
export async function createMultipartUpload(
  ctx: StorageContext,
  create: CreateMultipartUpload,
): Promise<PlacedUpload> {
  await ctx.buckets.require(create.bucket);
  const where = await placeUpload(ctx, create);
  return await ctx.intents.during(where.version, () => beginAt(ctx, create, where));
}

/** The first backend in the usual order with much room; where there is none, the roomiest. */
async function placeUpload(ctx: StorageContext, create: CreateMultipartUpload): Promise<Place> {
  const wanted = {
    kind: "object" as const,
    bucket: create.bucket,
    key: create.key,
    bytes: 0,
    backends: [...ctx.backends.keys()],
  };
  try {
    return await place(ctx, { ...wanted, headroom: HEADROOM });
  } catch (error) {
    if (!(error instanceof StorageError && error.code === "InsufficientStorage")) throw error;
    return await place(ctx, { ...wanted, headroom: 1, placement: "roomiest" });
  }
}

async function beginAt(
  ctx: StorageContext,
  create: CreateMultipartUpload,
  { backend, backendKey, version }: Place,
): Promise<PlacedUpload> {
  try {
    const backendUploadId = await backend.createUpload(backendKey);
    const upload = {
      ...create,
      uploadId: newVersion(),
      version,
      backend: backend.name,
      backendKey,
      backendUploadId,
    };
    return await insertUpload(ctx.sql, upload, version);
  } catch (error) {
    await abandonIntent(ctx.sql, version);
    if (isSqlState(error, SQLSTATE.foreignKeyViolation)) {
      ctx.buckets.forget(create.bucket);
      throw noSuchBucket(create.bucket);
    }
    throw error instanceof BackendError ? slowDown(error) : error;
  }
}
