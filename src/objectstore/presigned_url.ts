import { presign } from "../sigv4/sign.ts";
import { encodePath, encodeQueryComponent } from "../sigv4/uri_encoding.ts";
import type { Signing } from "./bucket_calls.ts";
import { demandExpiry, demandKey } from "./demand.ts";
import type { PresignOptions } from "./object_store.ts";

/** Methods that URLs are signed for. */
export type PresignedMethod = "GET" | "PUT" | "HEAD" | "DELETE";

/**
 * A URL with which anybody may do one thing to one object. A key with a segment `.` or `..` needs a
 * client that sends paths as they are, such as `curl --path-as-is`: browsers and `fetch` fold them.
 *
 * @throws {ObjectStoreError} `Refused`
 */
export function presignedUrl(
  { bucketUrl, credentials, region }: Signing,
  method: PresignedMethod,
  key: string,
  options: PresignOptions,
  now: Date,
): string {
  demandKey(key);
  demandExpiry(options.expiresIn);
  const base = new URL(bucketUrl);
  const rawPath = base.pathname + encodePath(key);
  const query = presign(
    {
      method,
      host: base.host,
      rawPath,
      rawQuery: responseQuery(options),
      headers: signedHeaders(options),
    },
    credentials,
    region,
    now,
    options.expiresIn,
  );
  return `${base.origin}${rawPath}?${query}`;
}

function responseQuery({ responseContentType, responseContentDisposition }: PresignOptions) {
  return Object.entries({
    "response-content-type": responseContentType,
    "response-content-disposition": responseContentDisposition,
  }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeQueryComponent(value)}`]
  ).join("&");
}

function signedHeaders({ contentType, contentLength }: PresignOptions): Record<string, string> {
  return {
    ...contentType === undefined ? {} : { "content-type": contentType },
    ...contentLength === undefined ? {} : { "content-length": String(contentLength) },
  };
}
