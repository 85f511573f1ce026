import { uploadId } from "../multipart.ts";
import type { Handler } from "../operation.ts";

/** AbortMultipartUpload: forgets the upload and its parts. */
export const abortMultipartUpload: Handler = async ({ bucket, key, query }, { storage }) => {
  await storage.abortMultipartUpload(bucket, key, uploadId(query));
  return new Response(null, { status: 204 });
};
