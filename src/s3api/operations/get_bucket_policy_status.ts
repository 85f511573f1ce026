import { S3Error } from "../errors.ts";
import type { Handler } from "../operation.ts";
import { xmlResponse } from "../xml.ts";

/** GetBucketPolicyStatus: whether the policy lets everybody in. */
export const getBucketPolicyStatus: Handler = async (request, { access }) => {
  const policy = access.policies.of(await access.demandBucket(request.bucket));
  // One that is broken has closed the bucket to this request too.
  if (policy.kind !== "usable") throw new S3Error("NoSuchBucketPolicy");
  return xmlResponse("PolicyStatus", { IsPublic: policy.isPublic });
};
