import { GetBucketPolicyCommand, PutBucketPolicyCommand, type S3Client } from "@aws-sdk/client-s3";
import type { BucketAddress } from "./bucket_store.ts";
import { storeError, storeFault } from "./store_fault.ts";

/**
 * Puts a policy on a bucket.
 *
 * @throws {Error} that says why the store did not take it
 */
export async function putBucketPolicy(
  store: S3Client,
  address: BucketAddress,
  policy: string,
): Promise<void> {
  try {
    await store.send(new PutBucketPolicyCommand({ Bucket: address.bucket, Policy: policy }));
  } catch (error) {
    throw storeError(error, address, "the policy was not put");
  }
}

/**
 * Reads the policy of a bucket, in AWS's own spelling.
 *
 * @returns `undefined` for a bucket without one
 * @throws {Error} that says why it cannot be read
 */
export async function getBucketPolicy(
  store: S3Client,
  address: BucketAddress,
): Promise<string | undefined> {
  try {
    const { Policy } = await store.send(new GetBucketPolicyCommand({ Bucket: address.bucket }));
    return Policy === undefined ? undefined : asWritten(Policy);
  } catch (error) {
    if (storeFault(error).code === "NoSuchBucketPolicy") return undefined;
    throw storeError(error, address, "the policy cannot be read");
  }
}

/** MinIO takes `Id` and gives back `ID`. */
function asWritten(policy: string): string {
  let json: unknown;
  try {
    json = JSON.parse(policy);
  } catch {
    // Whoever reads it as a policy says what is wrong with it.
    return policy;
  }
  if (typeof json !== "object" || json === null || !("ID" in json)) return policy;
  const { ID, ...others } = json;
  return JSON.stringify({ Id: ID, ...others });
}
