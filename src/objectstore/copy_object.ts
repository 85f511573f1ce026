/**
 * Copies objects inside a store.
 *
 * @module
 */
import { concurrently } from "../backends/concurrently.ts";
import { abortingOnFailure } from "./abort_uploads.ts";
import { beginUpload } from "./begin_upload.ts";
import type { CopySource } from "./bucket_calls.ts";
import { completeUpload } from "./complete_upload.ts";
import type { StoreContext } from "./context.ts";
import { demandDescription, demandKey } from "./demand.ts";
import type {
  CopyOptions,
  ObjectDescription,
  ObjectMetadata,
  WriteOptions,
  Written,
} from "./object_store.ts";
import { putObject } from "./put_object.ts";
import { partSizeFor } from "./part_size.ts";
import { WRITE_MARK } from "./write_mark.ts";
import type { KeptPart, UploadUnderWay } from "./upload_calls.ts";

/** Largest object that is copied in one piece, in bytes. Source: "CopyObject" in the API reference. */
export const COPY_LIMIT = 5 * 1_024 ** 3;

/** Bytes of a part that a store copies by itself, so that no request takes long. */
const COPIED_PART = 256 * 1_024 ** 2;

/** Parts under way at once. */
const CONCURRENCY = 4;

/**
 * Copies an object: in one piece where it can. A condition goes with the completion of an upload in
 * parts, since there are stores that pass over it when they copy.
 */
export async function copyObject(
  ctx: StoreContext,
  sourceKey: string,
  key: string,
  options: CopyOptions = {},
): Promise<Written> {
  const { signal, sourceIfMatch, sourceBucket = ctx.calls.bucket } = options;
  demandKey(sourceKey);
  demandKey(key);
  if (options.description === "replace") demandDescription(options);
  const named = { bucket: sourceBucket, key: sourceKey, ifMatch: sourceIfMatch };
  const found = await ctx.attempting(() => ctx.calls.headSource(named, signal), signal);
  // What is copied is what was looked at, also where it is overwritten meanwhile.
  const source = { ...named, ifMatch: found.etag };
  const isReplaced = options.description === "replace";
  const isConditional = options.ifAbsent === true || options.ifMatch !== undefined;
  if (!isConditional && found.size <= ctx.copyLimit) {
    const description = isReplaced ? options : undefined;
    const { etag } = await ctx.attempting(
      () => ctx.calls.copy(source, key, description, signal),
      signal,
    );
    return { etag, size: found.size };
  }
  const description = isReplaced ? options : found;
  const write = { ...descriptionOf(description), ...conditionOf(options), signal };
  if (found.size === 0) return await putObject(ctx, key, new Uint8Array(), write);
  return await copyInParts(ctx, source, found.size, key, write);
}

async function copyInParts(
  ctx: StoreContext,
  source: CopySource,
  size: number,
  key: string,
  { signal, ifAbsent, ifMatch, ...description }: WriteOptions,
): Promise<Written> {
  const mark = crypto.randomUUID();
  const marked = { ...description, metadata: { ...description.metadata, [WRITE_MARK]: mark } };
  const upload = await beginUpload(ctx, key, marked, signal);
  return await abortingOnFailure(ctx, upload, async () => {
    const parts = await copyParts(ctx, source, size, upload, signal);
    return await completeUpload(ctx, upload, parts, { ifAbsent, ifMatch, mark, signal });
  });
}

async function copyParts(
  ctx: StoreContext,
  source: CopySource,
  size: number,
  upload: UploadUnderWay,
  given: AbortSignal | undefined,
): Promise<readonly KeptPart[]> {
  const partSize = Math.min(partSizeFor(size, COPIED_PART), ctx.copyLimit);
  const failure = new AbortController();
  const signal = given === undefined ? failure.signal : AbortSignal.any([given, failure.signal]);
  const numbers = Array.from({ length: Math.ceil(size / partSize) }, (_, index) => index + 1);
  const copying = concurrently(numbers, CONCURRENCY, async (partNumber): Promise<KeptPart> => {
    const start = (partNumber - 1) * partSize;
    const end = Math.min(size, start + partSize) - 1;
    const etag = await ctx.attempting(
      () => ctx.calls.uploads.copyPart(upload, partNumber, source, { start, end }, signal),
      signal,
    );
    return { partNumber, size: end - start + 1, etag };
  });
  return await copying.catch((error) => {
    failure.abort(error);
    throw error;
  });
}

function descriptionOf(
  { contentType, contentDisposition, cacheControl, contentEncoding, contentLanguage, metadata }:
    & ObjectDescription
    & Partial<ObjectMetadata>,
): ObjectDescription {
  return {
    contentType,
    contentDisposition,
    cacheControl,
    contentEncoding,
    contentLanguage,
    metadata,
  };
}

function conditionOf({ ifAbsent, ifMatch }: CopyOptions): WriteOptions {
  return { ifAbsent, ifMatch };
}
