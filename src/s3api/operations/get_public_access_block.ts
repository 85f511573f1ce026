import { S3Error } from "../errors.ts";
import type { Handler } from "../operation.ts";
import { xmlResponse } from "../xml.ts";

/** GetPublicAccessBlock. */
export const getPublicAccessBlock: Handler = async (request, { access }) => {
  const { publicAccessBlock: block } = await access.demandBucket(request.bucket);
  if (block === undefined) throw new S3Error("NoSuchPublicAccessBlockConfiguration");
  return xmlResponse("PublicAccessBlockConfiguration", {
    BlockPublicAcls: block.blockPublicAcls,
    IgnorePublicAcls: block.ignorePublicAcls,
    BlockPublicPolicy: block.blockPublicPolicy,
    RestrictPublicBuckets: block.restrictPublicBuckets,
  });
};
