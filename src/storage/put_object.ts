import { type Backend, BackendError, type Stored } from "../backends/backend.ts";
import { abandonIntent, releaseIntent } from "../metadata/intents.ts";
import { commit, refuseEarly } from "./commit.ts";
import type { StorageContext } from "./context.ts";
import { reserveAsItGrows } from "./growing_reservation.ts";
import { deletedAgainAfter } from "./late_bytes.ts";
import type { StoredObject } from "./model.ts";
import { backendsExcept, type Place, place, throwFirst } from "./placement.ts";
import type { PutObject, Upload } from "./requests.ts";
import { slowDown } from "./storage_error.ts";
import { watch, type WatchedContent } from "./watched_content.ts";

/**
 * Stores an object: reserve, stream, verify, commit. A backend that fails before it has taken any
 * of the content, or whose content is whole in memory, is passed over for the next.
 */
export async function putObject(ctx: StorageContext, write: PutObject): Promise<StoredObject> {
  await ctx.buckets.require(write.bucket);
  await refuseEarly(ctx, write.bucket, write.key, write.condition);
  const watched = watch(write.upload.content);
  const failed = new Map<string, BackendError>();
  for (;;) {
    const where = await placeExcept(ctx, write, failed);
    try {
      return await ctx.intents.during(where.version, () => storeAt(ctx, write, where, watched));
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      failed.set(where.backend.name, error);
      if (!watched.replayable()) throw slowDown(error);
    }
  }
}

/** A place on a backend that has not failed this write. Throws `SlowDown` when none is left. */
async function placeExcept(
  ctx: StorageContext,
  write: PutObject,
  failed: ReadonlyMap<string, BackendError>,
): Promise<Place> {
  const placing = {
    kind: "object",
    bucket: write.bucket,
    key: write.key,
    bytes: write.upload.size ?? 0,
    backends: backendsExcept(ctx, failed),
  } as const;
  return await place(ctx, placing).catch((error) => throwFirst(failed, error));
}

/** One attempt at one place. Whatever fails, the reservation is given back and bytes are queued. */
async function storeAt(
  ctx: StorageContext,
  write: PutObject,
  where: Place,
  watched: WatchedContent,
): Promise<StoredObject> {
  try {
    const stored = await send(ctx, write, where, watched);
    const { md5, checksum } = write.upload.digests();
    return await commit(ctx, where.backend.name, {
      intent: where.version,
      bucket: write.bucket,
      key: write.key,
      version: where.version,
      backendKey: where.backendKey,
      size: stored.size,
      etag: verifiedMd5(where.backend, stored, write.upload, md5),
      owner: write.owner,
      headers: write.headers,
      checksum,
      condition: write.condition,
    });
  } catch (error) {
    await giveUp(ctx, write, where, watched, error);
    throw error;
  }
}

async function send(
  ctx: StorageContext,
  write: PutObject,
  where: Place,
  watched: WatchedContent,
): Promise<Stored> {
  const { size } = write.upload;
  const content = size === undefined && !(watched.content instanceof Uint8Array)
    ? reserveAsItGrows(ctx, where.version, watched.content)
    : watched.content;
  return await where.backend.put(where.backendKey, content, size, { signal: write.signal });
}

/**
 * The MD5 of the content, once the backend agrees that it has the same bytes.
 *
 * @param declared what was computed from the client's bytes, where it was
 */
export function verifiedMd5(
  backend: Backend,
  stored: Stored,
  upload: Pick<Upload, "size">,
  declared: string | undefined,
): string {
  const md5 = stored.md5 ?? declared;
  const wrongSize = upload.size !== undefined && upload.size !== stored.size;
  if (md5 === undefined || wrongSize || declared !== undefined && declared !== md5) {
    throw new BackendError("unavailable", backend.name, "stored other bytes than it was sent");
  }
  return md5;
}

/**
 * Ends the intent: at once when the backend has seen a broken body and stores nothing of such, else
 * through the queue. What has no length may have gone to the backend in parts.
 */
async function giveUp(
  ctx: StorageContext,
  { upload, signal }: PutObject,
  where: Place,
  watched: WatchedContent,
  error: unknown,
): Promise<void> {
  const inParts = upload.size === undefined;
  if (watched.failed() && !inParts) return await releaseIntent(ctx.sql, where.version);
  await abandonIntent(ctx.sql, where.version, {
    everyUpload: inParts,
    againAfter: deletedAgainAfter(error, signal),
  });
  ctx.deletions.kick();
}
