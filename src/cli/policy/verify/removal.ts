import { DeleteObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { BucketAddress } from "../bucket_store.ts";
import { storeFault } from "../store_fault.ts";
import type { CreatedObject } from "./attempts.ts";

/** What became of an object that was made to try a policy. */
export interface Removal {
  readonly key: string;
  readonly removed: boolean;
  /** Why it stays. */
  readonly reason?: string;
}

/** Removes objects where the store lets it: that it does not is often what the policy is for. */
export async function removeObjects(
  store: S3Client,
  address: BucketAddress,
  objects: readonly CreatedObject[],
): Promise<readonly Removal[]> {
  const each = new Map(objects.map((object) => [JSON.stringify(object), object]));
  return await Promise.all(
    [...each.values()].map((object) => removeObject(store, address, object)),
  );
}

async function removeObject(
  store: S3Client,
  { bucket }: BucketAddress,
  { key, versionId }: CreatedObject,
): Promise<Removal> {
  try {
    await store.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
    return { key, removed: true };
  } catch (error) {
    const { code, message } = storeFault(error);
    const reason = code === "AccessDenied" ? "its deletion is denied" : `${code}: ${message}`;
    return { key, removed: false, reason };
  }
}
