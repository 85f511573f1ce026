import { demandChangeablePolicy } from "../changeable_policy.ts";
import type { Handler } from "../operation.ts";

/** DeleteBucketPolicy: no policy holds anywhere once this answers; that there was none is no fault. */
export const deleteBucketPolicy: Handler = async (request, { access, storage }) => {
  const bucket = await access.demandBucket(request.bucket);
  demandChangeablePolicy(bucket, access.rules);
  await storage.setBucketPolicy(bucket.name, undefined);
  return new Response(null, { status: 204 });
};
