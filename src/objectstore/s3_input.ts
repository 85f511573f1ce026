/**
 * What is asked of an S3 store, in the words of the SDK.
 *
 * @module
 */
import { encodePath } from "../sigv4/uri_encoding.ts";
import type { CopySource } from "./bucket_calls.ts";
import type { ByteRange, ObjectDescription, WriteCondition } from "./object_store.ts";

/** What is said of an object. */
export function described(description: ObjectDescription) {
  return {
    ContentType: description.contentType ?? "application/octet-stream",
    ContentDisposition: description.contentDisposition,
    CacheControl: description.cacheControl,
    ContentEncoding: description.contentEncoding,
    ContentLanguage: description.contentLanguage,
    Metadata: { ...description.metadata },
  };
}

/** What a write has to find. */
export function conditionOf({ ifAbsent, ifMatch }: WriteCondition) {
  return {
    IfNoneMatch: ifAbsent ? "*" : undefined,
    IfMatch: quoted(ifMatch),
  };
}

/** An entity tag as headers have it. */
export function quoted(etag: string | undefined): string | undefined {
  return etag === undefined ? undefined : `"${etag}"`;
}

/** Where a copy comes from. */
export function sourceOf({ bucket, key, ifMatch }: CopySource) {
  return {
    CopySource: encodePath(`${bucket}/${key}`),
    CopySourceIfMatch: quoted(ifMatch),
  };
}

/** Which bytes are read. Source: RFC 9110, section 14.1.2. */
export function rangeHeader(range: ByteRange): string {
  return "suffix" in range ? `bytes=-${range.suffix}` : `bytes=${range.start}-${range.end ?? ""}`;
}
