import { checksumElements } from "../checksum_fields.ts";
import { MAX_COMPLETION_SIZE, parseCompletedParts } from "../completed_parts.ts";
import { declaredObjectChecksum } from "../declared_digests.ts";
import { S3Error } from "../errors.ts";
import { uploadId } from "../multipart.ts";
import { checksumTypeHeader } from "../multipart_checksum.ts";
import type { Handler } from "../operation.ts";
import { readSmallBody } from "../small_body.ts";
import { writeCondition } from "../write_condition.ts";
import { xmlResponse } from "../xml.ts";

/**
 * CompleteMultipartUpload. A checksum in a header is that of the object, not of the request's body.
 * The answer comes when all is done: no bytes move, so there is nothing to keep a client waiting for.
 */
export const completeMultipartUpload: Handler = async (request, services) => {
  const { bucket, key, query, headers } = request;
  const upload = {
    bucket,
    key,
    uploadId: uploadId(query),
    condition: writeCondition(headers),
    checksum: declaredObjectChecksum(headers),
    checksumType: checksumTypeHeader(headers),
    expectedSize: objectSize(headers),
  };
  const body = await readSmallBody(request, services, MAX_COMPLETION_SIZE, "of-object");
  const parts = parseCompletedParts(body);
  // While a slow body came in, a policy may have come to forbid it.
  await services.access.authorize(request);

  const object = await services.storage.completeMultipartUpload({ ...upload, parts });

  return xmlResponse("CompleteMultipartUploadResult", {
    Location: request.origin + request.rawPath,
    Bucket: bucket,
    Key: key,
    ETag: `"${object.etag}"`,
    ...checksumElements(object.checksum),
    ChecksumType: object.checksum?.type,
  });
};

/** `x-amz-mp-object-size`: the size that the object must turn out to have, in bytes. */
function objectSize(headers: Headers): number | undefined {
  const text = headers.get("x-amz-mp-object-size");
  if (text === null) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new S3Error("InvalidRequest", "Value for x-amz-mp-object-size header is invalid.");
}
