import { nameEncoding, nameParameter, pageElements, pageSize, positionAfter } from "../listing.ts";
import type { Handler } from "../operation.ts";
import { xmlResponse } from "../xml.ts";

/**
 * ListObjects, version 1. Owners are always there, and `NextMarker` only with a delimiter: without
 * one, the last key is the next marker.
 */
export const listObjects: Handler = async ({ bucket, query }, { storage }) => {
  const { type, encode } = nameEncoding(query);
  const limit = pageSize(query, "max-keys");
  const prefix = nameParameter(query, "prefix");
  const delimiter = nameParameter(query, "delimiter");
  const marker = nameParameter(query, "marker");

  const page = await storage.listObjects({ bucket, prefix, delimiter, after: marker, limit });

  const next = page.truncated ? positionAfter(page.entries) : undefined;
  return xmlResponse("ListBucketResult", {
    Name: bucket,
    Prefix: encode(prefix),
    Marker: encode(marker),
    NextMarker: next === undefined || delimiter === "" ? undefined : encode(next),
    MaxKeys: limit,
    Delimiter: delimiter === "" ? undefined : encode(delimiter),
    EncodingType: type,
    IsTruncated: next !== undefined,
    ...pageElements(page.entries, { encode, withOwner: true }),
  });
};
