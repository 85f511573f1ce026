import { presign } from "../sigv4/sign.ts";
import { encodePath, encodeQueryComponent } from "../sigv4/uri_encoding.ts";
import type { Signing } from "./bucket_calls.ts";
import { bucketUrlAt } from "./bucket_url.ts";
import type { PresignOptions } from "./object_store.ts";

/** Methods that URLs are signed for. */
export type PresignedMethod = "GET" | "PUT" | "HEAD" | "DELETE";

/**
 * A URL with which anybody may do one thing to one object. A key with a segment `.` or `..` needs a
 * client that sends paths as they are, such as `curl --path-as-is`: browsers and `fetch` fold them.
 */
export function presignedUrl(
  signing: Signing,
  bucket: string,
  method: PresignedMethod,
  key: string,
  options: PresignOptions,
  now: Date,
): string {
  const base = new URL(
    options.endpoint === undefined ? signing.bucketUrl : bucketUrlAt(options.endpoint, bucket),
  );
  const rawPath = base.pathname + encodePath(key);
  const query = presign(
    {
      method,
      host: base.host,
      rawPath,
      rawQuery: responseQuery(options),
      headers: signedHeaders(options),
    },
    signing.credentials,
    signing.region,
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
