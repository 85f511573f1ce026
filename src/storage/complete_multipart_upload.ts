import { BackendError } from "../backends/backend.ts";
import { compositeETag } from "../digest/combine.ts";
import { findObjectOfUpload } from "../metadata/objects.ts";
import { listParts, type PlacedPart, type PlacedUpload } from "../metadata/uploads.ts";
import { whileClaimed } from "./claimed_upload.ts";
import { commit, refuseEarly } from "./commit.ts";
import { checksumOfParts } from "./complete_checksum.ts";
import { backendOf, type StorageContext } from "./context.ts";
import type { StoredObject } from "./model.ts";
import { chooseParts } from "./chosen_parts.ts";
import type { CompleteMultipartUpload } from "./requests.ts";
import { slowDown, StorageError } from "./storage_error.ts";

/** S3's limit for the number of parts. */
const MOST_PARTS = 10_000;

/**
 * Makes the object out of its parts: check the parts, complete on the backend, commit. Each step
 * can be repeated: after a crash, or when the condition was lost to another writer, the client can
 * complete (or abort) again.
 */
export async function completeMultipartUpload(
  ctx: StorageContext,
  complete: CompleteMultipartUpload,
): Promise<StoredObject> {
  await ctx.buckets.require(complete.bucket);
  try {
    return await whileClaimed(ctx, complete, (upload) => completeClaimed(ctx, complete, upload));
  } catch (error) {
    if (!(error instanceof StorageError && error.code === "NoSuchUpload")) throw error;
    const done = await completedBefore(ctx, complete);
    if (!done) throw error;
    return done;
  }
}

/** The object that this very completion has made already. */
async function completedBefore(
  ctx: StorageContext,
  complete: CompleteMultipartUpload,
): Promise<StoredObject | undefined> {
  const object = await findObjectOfUpload(
    ctx.sql,
    complete.bucket,
    complete.key,
    complete.uploadId,
  );
  const etag = compositeETag(complete.parts.map((part) => part.etag));
  return object && object.etag === etag ? { ...object, etag } : undefined;
}

async function completeClaimed(
  ctx: StorageContext,
  complete: CompleteMultipartUpload,
  upload: PlacedUpload,
): Promise<StoredObject> {
  const stored = await listParts(ctx.sql, upload.uploadId, 0, MOST_PARTS);
  const parts = chooseParts(complete, stored);
  const checksum = checksumOfParts(complete, upload, parts);
  await refuseEarly(ctx, complete.bucket, complete.key, complete.condition);
  await completeOnBackend(ctx, upload, parts);
  return await commit(ctx, upload.backend, {
    intent: upload.uploadId,
    bucket: upload.bucket,
    key: upload.key,
    version: upload.version,
    backendKey: upload.backendKey,
    size: totalSize(parts),
    etag: compositeETag(parts.map((part) => part.etag)),
    owner: upload.owner,
    headers: upload.headers,
    checksum,
    parts: parts.map(({ partNumber, size, checksum }) => ({
      partNumber,
      size,
      checksum: checksum?.value,
    })),
    uploadId: upload.uploadId,
    condition: complete.condition,
  });
}

function totalSize(parts: readonly PlacedPart[]): number {
  return parts.reduce((sum, part) => sum + part.size, 0);
}

/** Completes the backend's own upload; one that was completed before a crash counts as well. */
async function completeOnBackend(
  ctx: StorageContext,
  upload: PlacedUpload,
  parts: readonly PlacedPart[],
): Promise<void> {
  const backend = backendOf(ctx, upload.backend);
  const size = totalSize(parts);
  try {
    const stored = await backend.completeUpload(
      upload.backendKey,
      upload.backendUploadId,
      parts.map(({ partNumber, backendEtag }) => ({ partNumber, etag: backendEtag })),
    );
    if (stored.size !== size) throw invalidParts();
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    if (error.kind === "unavailable") throw slowDown(error);
    const held = await backend.head(upload.backendKey);
    if (held?.size !== size) throw invalidParts(error);
  }
}

function invalidParts(cause?: BackendError): StorageError {
  return new StorageError(
    "InvalidPart",
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    {},
    { cause },
  );
}
