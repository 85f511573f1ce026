/**
 * What the answers of an S3 store say, in this room's words.
 *
 * @module
 */
import type { GetObjectCommandOutput, HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import type { ObjectMetadata } from "./object_store.ts";
import { ObjectStoreError } from "./object_store_error.ts";

/** S3's own name for what has no type. */
const DEFAULT_CONTENT_TYPE = "application/octet-stream";

/** An entity tag without its quotes. */
export function unquoted(etag: string | undefined): string {
  return (etag ?? "").replace(/^"|"$/g, "");
}

/**
 * How a listing's names are to be read: those of most stores are encoded as in a URL when they are
 * asked to, since XML cannot carry all of them.
 */
export function nameReader(
  { EncodingType }: { readonly EncodingType?: string },
): (name: string) => string {
  if (EncodingType !== "url") return (name) => name;
  return (name) => decodeURIComponent(name.replaceAll("+", "%20"));
}

/** Where the next page begins; `undefined` after the last one. */
export function nextPage(
  { IsTruncated }: { readonly IsTruncated?: boolean },
  next: string | undefined,
): string | undefined {
  if (!IsTruncated) return undefined;
  if (next !== undefined) return next;
  throw new ObjectStoreError("Unavailable", "a page does not say where the next one begins", {
    code: "MalformedAnswer",
  });
}

/** What the headers of GET and HEAD say of an object. */
export function metadataOf(
  key: string,
  answer: GetObjectCommandOutput | HeadObjectCommandOutput,
): ObjectMetadata {
  return {
    key,
    size: wholeSize(answer.ContentRange) ?? answer.ContentLength ?? 0,
    etag: unquoted(answer.ETag),
    lastModified: answer.LastModified ?? new Date(0),
    contentType: answer.ContentType ?? DEFAULT_CONTENT_TYPE,
    contentDisposition: answer.ContentDisposition,
    cacheControl: answer.CacheControl,
    contentEncoding: answer.ContentEncoding,
    contentLanguage: answer.ContentLanguage,
    metadata: answer.Metadata ?? {},
  };
}

/** Of `bytes 0-9/100`, that is 100. */
function wholeSize(contentRange: string | undefined): number | undefined {
  const size = /\/(\d+)$/.exec(contentRange ?? "")?.[1];
  return size === undefined ? undefined : Number(size);
}
