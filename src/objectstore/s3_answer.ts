/**
 * What the answers of an S3 store say, in this room's words.
 *
 * @module
 */
import type { GetObjectCommandOutput, HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import type { ObjectMetadata } from "./object_store.ts";

/** S3's own name for what has no type. */
const DEFAULT_CONTENT_TYPE = "application/octet-stream";

/** An entity tag without its quotes. */
export function unquoted(etag: string | undefined): string {
  return (etag ?? "").replace(/^"|"$/g, "");
}

/** A key as a listing names it, with `encoding-type=url`: XML cannot carry all of them. */
export function decodedKey(encoded: string): string {
  return decodeURIComponent(encoded.replaceAll("+", "%20"));
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
