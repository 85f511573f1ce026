/**
 * Who may do what: the single place that decides whether an operation goes ahead.
 *
 * @module
 */
import type { Bucket } from "../storage/model.ts";
import type { Storage } from "../storage/storage.ts";
import { mayDeleteBucket, maySeeBucket } from "./bucket_access.ts";
import { S3Error } from "./errors.ts";
import type { Operation, S3Request } from "./operation.ts";

/** The part of a request that access depends on. */
export type AccessRequest = Pick<S3Request, "principal" | "bucket" | "key">;

/**
 * Lets an operation go ahead, or throws. Anonymous requests get this far only where authentication
 * is off, and may then do everything.
 *
 * @throws {S3Error} `AccessDenied`, `NoSuchBucket`
 */
export async function authorize(
  { principal, bucket }: AccessRequest,
  operation: Operation,
  storage: Pick<Storage, "findBucket">,
): Promise<void> {
  if (operation.on === "service") return;
  if (operation.name === "CreateBucket") {
    if (principal.kind === "user" && !principal.mayCreateBuckets) throw new S3Error("AccessDenied");
    return;
  }
  const found = await demandBucketAccess(principal, bucket, storage);
  if (operation.name === "DeleteBucket" && !mayDeleteBucket(principal, found)) {
    throw new S3Error("AccessDenied");
  }
}

/**
 * Finds a bucket that the caller may see. That a bucket does not exist is no secret; what is in one
 * that the caller may not see is.
 *
 * @throws {S3Error} `AccessDenied`, `NoSuchBucket`
 */
export async function demandBucketAccess(
  principal: S3Request["principal"],
  name: string,
  storage: Pick<Storage, "findBucket">,
): Promise<Bucket> {
  const bucket = name.includes("\0") ? undefined : await storage.findBucket(name);
  if (bucket === undefined) throw new S3Error("NoSuchBucket");
  if (!maySeeBucket(principal, bucket)) throw new S3Error("AccessDenied");
  return bucket;
}
