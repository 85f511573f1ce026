import { checksumHeader } from "../checksum_fields.ts";
import { declaredChecksum } from "../declared_digests.ts";
import { S3Error } from "../errors.ts";
import { partNumber, uploadId } from "../multipart.ts";
import { checkPartAlgorithm } from "../multipart_checksum.ts";
import type { Handler } from "../operation.ts";
import { declaredSize, receiveUpload } from "../upload.ts";

/**
 * UploadPart. The checksum is the one that the upload keeps, computed here where a client of a
 * full-object upload does not send it.
 */
export const uploadPart: Handler = async (request, services) => {
  const { bucket, key, query, headers, signal } = request;
  const part = { bucket, key, uploadId: uploadId(query), partNumber: partNumber(query) };
  if (declaredSize(request) === undefined) throw new S3Error("MissingContentLength");
  const underWay = await services.storage.findMultipartUpload(bucket, key, part.uploadId);
  checkPartAlgorithm(underWay, declaredChecksum(headers)?.algorithm);
  const { checksumAlgorithm } = underWay;
  const upload = await receiveUpload(request, { ...services, checksumAlgorithm });

  const { etag, checksum } = await services.storage.uploadPart({ ...part, upload, signal });

  const answer = new Headers({ etag: `"${etag}"` });
  if (checksum !== undefined) answer.set(checksumHeader(checksum.algorithm), checksum.value);
  return new Response(null, { status: 200, headers: answer });
};
