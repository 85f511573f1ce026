/**
 * The bucket itself.
 *
 * @module
 */
import { abortUploads } from "./abort_uploads.ts";
import type { StoreContext } from "./context.ts";
import { deleteObjects } from "./delete_objects.ts";
import { listObjects } from "./list_objects.ts";
import type { BucketInfo, StoreHealth, StoreStats } from "./object_store.ts";
import { isNotFound, ObjectStoreError } from "./object_store_error.ts";

/** Whether it is there. */
export async function bucketExists(
  { calls, attempting }: StoreContext,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    await attempting(() => calls.headBucket(signal), signal);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

/** Makes it where it is not there. Returns whether that was now. */
export async function createBucketIfNotExists(
  ctx: StoreContext,
  signal?: AbortSignal,
): Promise<boolean> {
  if (await bucketExists(ctx, signal)) return false;
  try {
    await ctx.attempting(() => ctx.calls.createBucket(signal), signal);
    return true;
  } catch (error) {
    // Somebody else was quicker; or this itself, whose answer was lost.
    if (isTaken(error) && await bucketExists(ctx, signal)) return false;
    throw error;
  }
}

/** Deletes it; with `force` what is in it before. */
export async function deleteBucket(
  ctx: StoreContext,
  force: boolean,
  signal?: AbortSignal,
): Promise<void> {
  if (force) {
    await abortUploads(ctx, "", () => true, signal);
    const { errors: [error] } = await deleteObjects(ctx, keysOf(ctx, signal), signal);
    if (error !== undefined) {
      const message = `${ctx.calls.bucket}/${error.key}: ${error.message}`;
      throw new ObjectStoreError("Refused", message, { code: error.code });
    }
  }
  await ctx.attempting(() => ctx.calls.deleteBucket(signal), signal);
}

/** What is known of it. */
export async function bucketInfo(
  { calls, attempting }: StoreContext,
  signal?: AbortSignal,
): Promise<BucketInfo> {
  const { region } = await attempting(() => calls.headBucket(signal), signal);
  const createdAt = await attempting(() => calls.bucketCreatedAt(signal), signal);
  return { name: calls.bucket, region, createdAt };
}

/** How much it holds. */
export async function storeStats(ctx: StoreContext, signal?: AbortSignal): Promise<StoreStats> {
  const { backend, bucket, region } = ctx.calls;
  let [object_count, total_size] = [0, 0];
  for await (const entry of listObjects(ctx, { signal })) {
    if (entry.kind !== "object") continue;
    object_count++;
    total_size += entry.size;
  }
  return { backend, bucket, region, object_count, total_size };
}

/** Whether it can be reached right now. */
export async function storeHealth(
  { calls }: StoreContext,
  signal?: AbortSignal,
): Promise<StoreHealth> {
  try {
    signal?.throwIfAborted();
    await calls.headBucket(signal);
    return { healthy: true };
  } catch (error) {
    return { healthy: false, error: error instanceof Error ? error.message : String(error) };
  }
}

async function* keysOf(ctx: StoreContext, signal: AbortSignal | undefined): AsyncGenerator<string> {
  for await (const entry of listObjects(ctx, { signal })) {
    if (entry.kind === "object") yield entry.key;
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof ObjectStoreError &&
    (error.code === "BucketAlreadyOwnedByYou" || error.code === "BucketAlreadyExists");
}
