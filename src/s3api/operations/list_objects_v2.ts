import {
  continuationPosition,
  continuationToken,
  nameEncoding,
  nameParameter,
  pageElements,
  pageSize,
  positionAfter,
} from "../listing.ts";
import type { Handler } from "../operation.ts";
import { xmlResponse } from "../xml.ts";

/**
 * ListObjectsV2. A continuation token takes precedence over `start-after`, and common prefixes
 * count towards `max-keys` and `KeyCount`.
 */
export const listObjectsV2: Handler = async ({ bucket, query }, { storage }) => {
  const { type, encode } = nameEncoding(query);
  const limit = pageSize(query, "max-keys");
  const prefix = nameParameter(query, "prefix");
  const delimiter = nameParameter(query, "delimiter");
  const startAfter = nameParameter(query, "start-after");
  const after = continuationPosition(query) ?? startAfter;

  const page = await storage.listObjects({ bucket, prefix, delimiter, after, limit });

  const next = page.truncated ? positionAfter(page.entries) : undefined;
  return xmlResponse("ListBucketResult", {
    Name: bucket,
    Prefix: encode(prefix),
    ContinuationToken: query.get("continuation-token"),
    NextContinuationToken: next === undefined ? undefined : continuationToken(next),
    StartAfter: query.has("start-after") ? encode(startAfter) : undefined,
    KeyCount: page.entries.length,
    MaxKeys: limit,
    Delimiter: delimiter === "" ? undefined : encode(delimiter),
    EncodingType: type,
    IsTruncated: next !== undefined,
    ...pageElements(page.entries, { encode, withOwner: query.get("fetch-owner") === "true" }),
  });
};
