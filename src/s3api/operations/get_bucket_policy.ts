import { Buffer } from "node:buffer";
import { S3Error } from "../errors.ts";
import type { Handler } from "../operation.ts";

/** GetBucketPolicy: the document as it was put, or as the configuration has it. */
export const getBucketPolicy: Handler = async (request, { access }) => {
  const document = access.policies.document(await access.demandBucket(request.bucket));
  if (document === undefined) throw new S3Error("NoSuchBucketPolicy");
  const headers = {
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(document)),
  };
  return new Response(document, { headers });
};
