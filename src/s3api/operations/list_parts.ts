import { checksumElements } from "../checksum_fields.ts";
import { integerParameter, pageSize } from "../listing.ts";
import { MAX_PART_NUMBER, uploadId } from "../multipart.ts";
import type { Handler } from "../operation.ts";
import { ownerElement } from "../owner.ts";
import { wholeSeconds } from "../whole_seconds.ts";
import { xmlResponse } from "../xml.ts";

/** ListParts: the parts of an upload under way, by their numbers. */
export const listParts: Handler = async ({ bucket, key, query }, { storage }) => {
  const id = uploadId(query);
  const limit = pageSize(query, "max-parts");
  const marker = integerParameter(query, {
    name: "part-number-marker",
    absent: 0,
    most: MAX_PART_NUMBER,
  });

  const { upload, parts, truncated } = await storage.listParts(bucket, key, id, marker, limit);

  return xmlResponse("ListPartsResult", {
    Bucket: bucket,
    Key: key,
    UploadId: id,
    PartNumberMarker: marker,
    NextPartNumberMarker: parts.at(-1)?.partNumber ?? marker,
    MaxParts: limit,
    IsTruncated: truncated && parts.length > 0,
    Part: parts.map((part) => ({
      PartNumber: part.partNumber,
      LastModified: wholeSeconds(part.lastModified),
      ETag: `"${part.etag}"`,
      Size: part.size,
      ...checksumElements(part.checksum),
    })),
    Initiator: ownerElement(upload.owner),
    Owner: ownerElement(upload.owner),
    StorageClass: upload.headers.storageClass ?? "STANDARD",
    ChecksumAlgorithm: upload.checksumAlgorithm,
    ChecksumType: upload.checksumType,
  });
};
