/**
 * Uploads in parts.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { exactly } from "../backends/content.ts";
import { Semaphore } from "../backends/semaphore.ts";
import type { StoreContext } from "./context.ts";
import { cut } from "./cut.ts";
import { demandConcurrency, demandDescription, demandKey } from "./demand.ts";
import type { MultipartOptions, Written } from "./object_store.ts";
import { MOST_PARTS, partSizeFor, tooManyParts } from "./part_size.ts";
import { bodyFault } from "./sent_body.ts";
import { untilAborted } from "./until_aborted.ts";
import { WRITE_MARK } from "./write_mark.ts";
import { completeUpload } from "./complete_upload.ts";
import { abortingOnFailure } from "./abort_uploads.ts";
import { beginUpload } from "./begin_upload.ts";
import { everything } from "./pages.ts";
import type { KeptPart, UploadUnderWay } from "./upload_calls.ts";

/** Parts under way at once. */
const CONCURRENCY = 4;

/** Stores a body of any length, with the memory of one part more than are under way at once. */
export async function multipartUpload(
  ctx: StoreContext,
  key: string,
  body: AsyncIterable<Uint8Array>,
  options: MultipartOptions = {},
): Promise<Written> {
  demandKey(key);
  demandConcurrency(options.concurrency ?? CONCURRENCY);
  const partSize = partSizeFor(options.size, options.partSize);
  if (options.uploadId !== undefined) {
    return await sendAll(ctx, { key, uploadId: options.uploadId }, body, partSize, options);
  }
  const { signal } = options;
  const mark = crypto.randomUUID();
  const description = { ...options, metadata: { ...options.metadata, [WRITE_MARK]: mark } };
  demandDescription(description);
  const upload = await beginUpload(ctx, key, description, signal);
  return await abortingOnFailure(
    ctx,
    upload,
    () => sendAll(ctx, upload, body, partSize, options, mark),
  );
}

async function sendAll(
  ctx: StoreContext,
  upload: UploadUnderWay,
  body: AsyncIterable<Uint8Array>,
  partSize: number,
  options: MultipartOptions,
  mark?: string,
): Promise<Written> {
  const parts = await sendParts(ctx, upload, body, partSize, options);
  return await completeUpload(ctx, upload, parts, { ...options, mark });
}

/** Sends what the store does not have yet. All parts have ended when this resolves, or throws. */
async function sendParts(
  ctx: StoreContext,
  upload: UploadUnderWay,
  body: AsyncIterable<Uint8Array>,
  partSize: number,
  { uploadId, size, signal: given, concurrency = CONCURRENCY, onProgress }: MultipartOptions,
): Promise<readonly KeptPart[]> {
  const kept = uploadId === undefined
    ? new Map<number, KeptPart>()
    : await partsOf(ctx, upload, given);
  const failure = new AbortController();
  const signal = given === undefined ? failure.signal : AbortSignal.any([given, failure.signal]);
  const places = new Semaphore(concurrency);
  const sent: Promise<void>[] = [];
  const parts: KeptPart[] = [];
  let done = 0;
  const report = () => onProgress?.({ uploadId: upload.uploadId, done, total: size });

  const send = async (partNumber: number, bytes: Uint8Array<ArrayBuffer>) => {
    try {
      const known = kept.get(partNumber);
      const etag = known !== undefined && isSame(known, bytes) ? known.etag : await ctx.attempting(
        () => ctx.calls.uploads.putPart(upload, partNumber, bytes, signal),
        signal,
      );
      parts.push({ partNumber, size: bytes.length, etag });
      done += bytes.length;
      report();
    } catch (error) {
      failure.abort(error);
    } finally {
      places.release();
    }
  };

  try {
    report();
    for await (const bytes of cut(exactly(untilAborted(body, signal), size, ""), partSize)) {
      if (sent.length === MOST_PARTS) throw tooManyParts(partSize);
      await places.acquire(signal);
      sent.push(send(sent.length + 1, bytes));
    }
  } catch (error) {
    failure.abort(bodyFault(error));
  }
  await Promise.all(sent);
  signal.throwIfAborted();
  return parts.sort((a, b) => a.partNumber - b.partNumber);
}

async function partsOf(
  { calls, attempting }: StoreContext,
  upload: UploadUnderWay,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<number, KeptPart>> {
  const pages = everything((after) =>
    attempting(() => calls.uploads.listParts(upload, after, signal), signal)
  );
  const parts = new Map<number, KeptPart>();
  for await (const part of pages) parts.set(part.partNumber, part);
  return parts;
}

/** An entity tag that is no MD5 (the store encrypts) is never the same. */
function isSame({ size, etag }: KeptPart, bytes: Uint8Array): boolean {
  return size === bytes.length && etag === createHash("md5").update(bytes).digest("hex");
}
