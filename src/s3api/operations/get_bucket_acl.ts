import { ownerHasFullControl } from "../access_control.ts";
import { S3Error } from "../errors.ts";
import type { Handler } from "../operation.ts";

/** GetBucketAcl: the bucket's owner has full control. */
export const getBucketAcl: Handler = async ({ bucket }, { storage }) => {
  const found = await storage.findBucket(bucket);
  if (found === undefined) throw new S3Error("NoSuchBucket");
  return ownerHasFullControl(found.owner);
};
