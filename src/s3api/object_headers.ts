/**
 * The headers that are kept with an object: read from a request, written to an answer.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { ObjectHeaders, StoredObject } from "../storage/model.ts";
import { S3Error } from "./errors.ts";
import { headerValue } from "./header_value.ts";

const METADATA_PREFIX = "x-amz-meta-";

/** Names and values together, in bytes. Source: "Working with object metadata". */
const MAX_METADATA_BYTES = 2_048;

/**
 * Values of all other kept headers together, in bytes. An answer with more would not be read by
 * clients, many of which take 16 KiB at most. Source: "Working with object metadata" allows the
 * headers of a PUT that much, user-defined metadata included.
 */
const MAX_HEADER_BYTES = 8_192;

/** What S3 says of an object whose type nobody gave. */
const DEFAULT_CONTENT_TYPE = "binary/octet-stream";

/** Source: `StorageClass` in the Amazon S3 API reference. All are kept and shown, none has effect. */
const STORAGE_CLASSES: ReadonlySet<string> = new Set([
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER",
  "DEEP_ARCHIVE",
  "OUTPOSTS",
  "GLACIER_IR",
  "SNOW",
  "EXPRESS_ONEZONE",
  "FSX_OPENZFS",
  "FSX_ONTAP",
]);

/** Kept header, and the query parameter that overrides it in one answer. */
const KEPT = [
  ["contentType", "content-type", "response-content-type"],
  ["cacheControl", "cache-control", "response-cache-control"],
  ["contentDisposition", "content-disposition", "response-content-disposition"],
  ["contentEncoding", "content-encoding", "response-content-encoding"],
  ["contentLanguage", "content-language", "response-content-language"],
  ["expires", "expires", "response-expires"],
] as const;

/** The query parameters that override headers in the answer to one GET or HEAD. */
export const RESPONSE_OVERRIDES: readonly string[] = KEPT.map(([, , parameter]) => parameter);

/**
 * The headers of a request that are kept with the object it makes.
 *
 * @throws {S3Error} `InvalidStorageClass`, `MetadataTooLarge`, `RequestHeaderSectionTooLarge`
 */
export function parseObjectHeaders(headers: Headers): ObjectHeaders {
  const kept = {
    contentType: headers.get("content-type") || undefined,
    cacheControl: headers.get("cache-control") ?? undefined,
    contentDisposition: headers.get("content-disposition") ?? undefined,
    contentEncoding: contentEncoding(headers.get("content-encoding")),
    contentLanguage: headers.get("content-language") ?? undefined,
    expires: headers.get("expires") ?? undefined,
    websiteRedirectLocation: headers.get("x-amz-website-redirect-location") ?? undefined,
  };
  demandKeepable(Object.values(kept));
  return { ...kept, storageClass: parseStorageClass(headers), metadata: parseMetadata(headers) };
}

function demandKeepable(values: readonly (string | undefined)[]): void {
  // `Headers` has a character for every byte.
  const size = values.reduce((sum, value = "") => sum + value.length, 0);
  if (size <= MAX_HEADER_BYTES) return;
  throw new S3Error("RequestHeaderSectionTooLarge", undefined, {
    detail: { Size: String(size), MaxSizeAllowed: String(MAX_HEADER_BYTES) },
  });
}

/**
 * `x-amz-storage-class`; `undefined` for `STANDARD`.
 *
 * @throws {S3Error} `InvalidStorageClass`
 */
export function parseStorageClass(headers: Headers): string | undefined {
  const storageClass = headers.get("x-amz-storage-class") ?? "STANDARD";
  if (!STORAGE_CLASSES.has(storageClass)) {
    throw new S3Error("InvalidStorageClass", undefined, {
      detail: { StorageClassRequested: storageClass },
    });
  }
  return storageClass === "STANDARD" ? undefined : storageClass;
}

/**
 * The headers of an answer about an object: its own, or those that the query overrides.
 *
 * @throws {S3Error} `InvalidArgument` for an override that no header can carry
 */
export function objectResponseHeaders(
  object: StoredObject,
  query: ReadonlyMap<string, string>,
): Headers {
  const headers = new Headers();
  headers.set("accept-ranges", "bytes");
  headers.set("etag", `"${object.etag}"`);
  headers.set("last-modified", object.lastModified.toUTCString());
  headers.set("content-type", DEFAULT_CONTENT_TYPE);
  for (const [property, header, parameter] of KEPT) {
    const override = query.size === 0 ? undefined : query.get(parameter);
    const value = override === undefined
      ? object.headers[property]
      : headerValue(parameter, override);
    if (value !== undefined) headers.set(header, value);
  }
  const { websiteRedirectLocation, storageClass, metadata } = object.headers;
  if (websiteRedirectLocation !== undefined) {
    headers.set("x-amz-website-redirect-location", websiteRedirectLocation);
  }
  if (storageClass !== undefined) headers.set("x-amz-storage-class", storageClass);
  for (const name in metadata) headers.set(METADATA_PREFIX + name, metadata[name]);
  return headers;
}

/** `aws-chunked` is how the body travelled, not what the object is. */
function contentEncoding(header: string | null): string | undefined {
  if (header === null) return undefined;
  if (!header.includes("aws-chunked")) return header;
  const kept = header.split(",").map((coding) => coding.trim()).filter((coding) =>
    coding !== "aws-chunked" && coding !== ""
  );
  return kept.length === 0 ? undefined : kept.join(", ");
}

function parseMetadata(headers: Headers): Record<string, string> {
  const metadata: [name: string, value: string][] = [];
  let size = 0;
  // Headers' forEach() costs a tenth of its iterators.
  headers.forEach((value, header) => {
    if (!header.startsWith(METADATA_PREFIX)) return;
    const name = header.slice(METADATA_PREFIX.length);
    metadata.push([name, value]);
    size += Buffer.byteLength(name) + Buffer.byteLength(value, "latin1");
  });
  if (size > MAX_METADATA_BYTES) {
    throw new S3Error("MetadataTooLarge", undefined, {
      detail: { Size: String(size), MaxSizeAllowed: String(MAX_METADATA_BYTES) },
    });
  }
  // Unlike assignment, this gives a name such as `__proto__` no meaning.
  return Object.fromEntries(metadata);
}
