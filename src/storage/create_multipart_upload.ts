import { BackendError } from "../backends/backend.ts";
import { abandonIntent } from "../metadata/intents.ts";
import { isSqlState, SQLSTATE } from "../metadata/sql.ts";
import { insertUpload, type PlacedUpload } from "../metadata/uploads.ts";
import { noSuchBucket } from "./bucket_directory.ts";
import type { StorageContext } from "./context.ts";
import { backendsExcept, type Place, place, placeAtOnce, throwFirst } from "./placement.ts";
import type { CreateMultipartUpload } from "./requests.ts";
import { newVersion } from "./version.ts";

/**
 * How much room a backend should have left to be chosen in the usual order, in bytes: an upload in
 * parts is large, and all its parts go to one backend.
 */
const HEADROOM = 1024 ** 3;

/** Begins a multipart upload on a backend, and records it. A backend that fails is passed over. */
export async function createMultipartUpload(
  ctx: StorageContext,
  create: CreateMultipartUpload,
): Promise<PlacedUpload> {
  await ctx.buckets.require(create.bucket);
  const failed = new Map<string, BackendError>();
  for (;;) {
    const where = await placeUpload(ctx, create, failed);
    try {
      return await ctx.intents.during(where.version, () => beginAt(ctx, create, where));
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      failed.set(where.backend.name, error);
    }
  }
}

/**
 * The first backend in the usual order with much room; where there is none, the roomiest.
 * Throws `SlowDown` when all have failed this upload.
 */
async function placeUpload(
  ctx: StorageContext,
  create: CreateMultipartUpload,
  failed: ReadonlyMap<string, BackendError>,
): Promise<Place> {
  const wanted = {
    kind: "object" as const,
    bucket: create.bucket,
    key: create.key,
    bytes: 0,
    backends: backendsExcept(ctx, failed),
  };
  const first = await placeAtOnce(ctx, { ...wanted, headroom: HEADROOM });
  if (first) return first;
  return await place(ctx, { ...wanted, headroom: 1, placement: "roomiest" })
    .catch((error) => throwFirst(failed, error));
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
    await abandonIntent(ctx.sql, version, { everyUpload: true });
    ctx.deletions.kick();
    if (isSqlState(error, SQLSTATE.foreignKeyViolation)) {
      ctx.buckets.forget(create.bucket);
      throw noSuchBucket(create.bucket);
    }
    throw error;
  }
}
