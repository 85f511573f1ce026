import { BackendError, type Stored } from "../backends/backend.ts";
import { releaseIntent } from "../metadata/intents.ts";
import { enqueueStray } from "../metadata/deletions.ts";
import { commitPart, findUpload, type PlacedUpload } from "../metadata/uploads.ts";
import { backendOf, type StorageContext } from "./context.ts";
import { uploadOf } from "./copy_bytes.ts";
import type { MultipartPart } from "./model.ts";
import { type Place, place } from "./placement.ts";
import { verifiedMd5 } from "./put_object.ts";
import type { Upload, UploadPart, UploadPartCopy } from "./requests.ts";
import { slowDown, StorageError } from "./storage_error.ts";

export function noSuchUpload(uploadId: string): StorageError {
  return new StorageError(
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    { UploadId: uploadId },
  );
}

/** The upload of that id for that key. Throws `NoSuchUpload`. */
export async function requireUpload(
  ctx: StorageContext,
  bucket: string,
  key: string,
  uploadId: string,
): Promise<PlacedUpload> {
  const upload = await findUpload(ctx.sql, bucket, key, uploadId);
  if (!upload) throw noSuchUpload(uploadId);
  return upload;
}

/**
 * Stores a part in place of the one that had its number.
 *
 * @param at is told the backend as soon as it is known
 */
export async function uploadPart(
  ctx: StorageContext,
  part: UploadPart,
  at: { backend: string },
): Promise<MultipartPart> {
  const upload = await requireUpload(ctx, part.bucket, part.key, part.uploadId);
  at.backend = upload.backend;
  const { size } = part.upload;
  if (size === undefined) {
    throw new StorageError("InvalidRequest", "A part must be sent with its Content-Length.");
  }
  return await storePart(ctx, upload, part.partNumber, size, async (where) => {
    const stored = await where.backend.putPart(
      upload.backendKey,
      upload.backendUploadId,
      part.partNumber,
      part.upload.content,
      size,
      { signal: part.signal },
    );
    const { md5, checksum } = part.upload.digests();
    return { stored, etag: verifiedMd5(where.backend, stored, part.upload, md5), checksum };
  });
}

/**
 * Copies an object, or a range of it, into a part: inside the backend where both lie there, no
 * checksum must be computed and the copy's MD5 is known; through this process otherwise.
 */
export async function uploadPartCopy(
  ctx: StorageContext,
  copy: UploadPartCopy,
  at: { backend: string },
): Promise<MultipartPart> {
  const upload = await requireUpload(ctx, copy.bucket, copy.key, copy.uploadId);
  at.backend = upload.backend;
  const range = copy.range ?? { start: 0, end: copy.source.size - 1 };
  const size = range.end - range.start + 1;
  const algorithm = upload.checksumAlgorithm;
  const inside = copy.source.backend === upload.backend && algorithm === undefined && size > 0;
  return await storePart(ctx, upload, copy.partNumber, size, async (where) => {
    if (inside) {
      const stored = await where.backend.copyPart(
        copy.source.backendKey,
        range,
        upload.backendKey,
        upload.backendUploadId,
        copy.partNumber,
        { signal: copy.signal },
      );
      if (stored.md5 !== undefined) return { stored, etag: stored.md5 };
    }
    const through = uploadOf(ctx, copy.source, range, algorithm, copy.signal);
    const stored = await where.backend.putPart(
      upload.backendKey,
      upload.backendUploadId,
      copy.partNumber,
      through.content,
      size,
      { signal: copy.signal },
    );
    const { checksum } = through.digests();
    return { stored, etag: verifiedMd5(where.backend, stored, through, undefined), checksum };
  });
}

/** What a part's row needs to know of its bytes. */
interface SentPart {
  readonly stored: Stored;
  readonly etag: string;
  readonly checksum?: ReturnType<Upload["digests"]>["checksum"];
}

/** Reserves a part's bytes on the upload's backend, has them sent, and records the part. */
async function storePart(
  ctx: StorageContext,
  upload: PlacedUpload,
  partNumber: number,
  size: number,
  send: (where: Place) => Promise<SentPart>,
): Promise<MultipartPart> {
  const where = await place(ctx, {
    kind: "part",
    bucket: upload.bucket,
    key: upload.key,
    bytes: size,
    backends: [backendOf(ctx, upload.backend).name],
  });
  return await ctx.intents.during(where.version, async () => {
    try {
      const { stored, etag, checksum } = await send(where);
      const committed = await commitPart(ctx.sql, {
        intent: where.version,
        uploadId: upload.uploadId,
        backend: upload.backend,
        partNumber,
        size,
        etag,
        backendEtag: stored.etag,
        checksum,
      });
      if (!committed) {
        // It may have come to the backend after the abort, which then has to be repeated.
        await enqueueStray(ctx.sql, upload);
        throw noSuchUpload(upload.uploadId);
      }
      const { part, replaced } = committed;
      if (replaced !== null && replaced !== stored.etag) {
        const { backendKey, backendUploadId } = upload;
        await where.backend.forgetPart(backendKey, backendUploadId, partNumber, replaced);
      }
      return part;
    } catch (error) {
      await releaseIntent(ctx.sql, where.version);
      throw partFailure(upload, error);
    }
  });
}

/** A part whose upload was ended meanwhile is the client's fault, not the backend's. */
function partFailure(upload: PlacedUpload, error: unknown): unknown {
  if (!(error instanceof BackendError)) return error;
  return error.kind === "not-found" ? noSuchUpload(upload.uploadId) : slowDown(error);
}
