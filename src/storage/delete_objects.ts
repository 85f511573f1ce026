import * as objects from "../metadata/objects.ts";
import type { StorageContext } from "./context.ts";
import { withEntityTag } from "./entity_tag.ts";
import { StorageError } from "./storage_error.ts";

/** Deletes one object; see `Storage.deleteObject`. Throws `NoSuchBucket`, `PreconditionFailed`, `NoSuchKey`. */
export async function deleteObject(
  ctx: StorageContext,
  bucket: string,
  key: string,
  ifMatch?: string,
): Promise<void> {
  const [left] = await deleteObjects(ctx, bucket, [{ key, ifMatch }]);
  if (!left) return;
  if (left.code === "NoSuchKey") {
    throw new StorageError("NoSuchKey", "The specified key does not exist.", { Key: key });
  }
  throw new StorageError(
    "PreconditionFailed",
    "At least one of the pre-conditions you specified did not hold",
    { Condition: "If-Match" },
  );
}

/** Deletes objects in one statement; resolves with the ones whose condition did not hold. */
export async function deleteObjects(
  ctx: StorageContext,
  bucket: string,
  wanted: readonly { readonly key: string; readonly ifMatch?: string }[],
): Promise<readonly { readonly key: string; readonly code: "PreconditionFailed" | "NoSuchKey" }[]> {
  await ctx.buckets.require(bucket);
  // In the order of keys, so that two batches over the same keys lock their rows in one order.
  const sorted = wanted.toSorted((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
  const left = await objects.deleteObjects(
    ctx.sql,
    bucket,
    sorted.map(({ key }) => key),
    sorted.map(({ ifMatch }) => ifMatch ?? null),
    ctx.grace,
  );
  ctx.deletions.kick();
  const learned = await learnEntityTags(
    ctx,
    bucket,
    left.filter(({ reason }) => reason === "mismatch").map(({ key }) => key),
  );
  const again = sorted.filter(({ key }) => learned.has(key));
  return [
    ...again.length > 0 ? await deleteObjects(ctx, bucket, again) : [],
    ...left.filter(({ key }) => !learned.has(key)).map(({ key, reason }) => ({
      key,
      code: reason === "absent" ? "NoSuchKey" as const : "PreconditionFailed" as const,
    })),
  ];
}

/** The keys whose objects had no entity tag in their row, as s3-proxy left them, and have it now. */
async function learnEntityTags(
  ctx: StorageContext,
  bucket: string,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const learned = new Set<string>();
  for (const key of keys) {
    const object = await objects.findObject(ctx.sql, bucket, key);
    if (object === undefined || object.etag !== undefined) continue;
    await withEntityTag(ctx, object);
    learned.add(key);
  }
  return learned;
}
