import { isMember } from "../membership.ts";
import { S3Error } from "../errors.ts";
import { continuationPosition, continuationToken, nameParameter } from "../listing.ts";
import type { Handler, S3Request } from "../operation.ts";
import { ownerElement, ownerName } from "../owner.ts";
import { wholeSeconds } from "../whole_seconds.ts";
import { xmlResponse } from "../xml.ts";

const MOST_BUCKETS = 10_000;

/** A request with any of these is told the region of each bucket. */
const PAGING_PARAMETERS = ["prefix", "bucket-region", "max-buckets", "continuation-token"];

/** ListBuckets: the buckets that the caller may see, in the order of their names. */
export const listBuckets: Handler = async ({ principal, query }, { storage, region }) => {
  const limit = maxBuckets(query);
  const prefix = nameParameter(query, "prefix");
  const after = continuationPosition(query) ?? "";
  const bucketRegion = query.get("bucket-region");

  const found = (await storage.listBuckets()).filter((bucket) =>
    isMember(principal, bucket) && bucket.name > after &&
    bucket.name.startsWith(prefix) && (bucketRegion ?? region) === region
  );

  const page = found.slice(0, limit);
  const truncated = page.length < found.length;
  const paged = PAGING_PARAMETERS.some((name) => query.has(name));
  return xmlResponse("ListAllMyBucketsResult", {
    Owner: ownerElement(ownerName(principal)),
    Buckets: {
      Bucket: page.map((bucket) => ({
        Name: bucket.name,
        CreationDate: wholeSeconds(bucket.createdAt),
        BucketRegion: paged ? region : undefined,
      })),
    },
    ContinuationToken: truncated ? continuationToken(page[page.length - 1].name) : undefined,
    Prefix: query.has("prefix") ? prefix : undefined,
  });
};

function maxBuckets(query: S3Request["query"]): number {
  const text = query.get("max-buckets");
  if (text === undefined) return MOST_BUCKETS;
  const limit = /^\d+$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MOST_BUCKETS) {
    throw new S3Error(
      "InvalidArgument",
      `Argument max-buckets must be an integer between 1 and ${MOST_BUCKETS}.`,
      { detail: { ArgumentName: "max-buckets", ArgumentValue: text } },
    );
  }
  return limit;
}
