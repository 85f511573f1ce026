import { uploadChecksum } from "../multipart_checksum.ts";
import { parseObjectHeaders } from "../object_headers.ts";
import type { Handler } from "../operation.ts";
import { ownerName } from "../owner.ts";
import { xmlResponse } from "../xml.ts";

/** CreateMultipartUpload: the object's headers and kind of checksum are settled here. */
export const createMultipartUpload: Handler = async (
  { bucket, key, headers, principal },
  { storage },
) => {
  const upload = await storage.createMultipartUpload({
    bucket,
    key,
    owner: ownerName(principal),
    headers: parseObjectHeaders(headers),
    ...uploadChecksum(headers),
  });

  const answer = new Headers();
  if (upload.checksumAlgorithm) answer.set("x-amz-checksum-algorithm", upload.checksumAlgorithm);
  if (upload.checksumType) answer.set("x-amz-checksum-type", upload.checksumType);
  const content = { Bucket: bucket, Key: key, UploadId: upload.uploadId };
  return xmlResponse("InitiateMultipartUploadResult", content, 200, answer);
};
