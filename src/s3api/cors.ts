/**
 * Pages of other origins that may use a bucket, as the configuration says.
 * Sources: the Fetch standard, "CORS protocol"; "Using cross-origin resource sharing" in the Amazon S3
 * user guide.
 *
 * @module
 */
import type { AccessRules } from "./access_rules.ts";
import { S3Error } from "./errors.ts";

/** Links and forms are good for these. */
const METHODS = ["GET", "HEAD", "PUT", "POST"];

/** Seconds in which a browser need not ask again. */
const MAX_AGE = "3000";

/**
 * Answers a browser's question whether a page may send a request.
 *
 * @throws {S3Error} `AccessForbidden`
 */
export function preflight(
  rules: AccessRules,
  bucket: string,
  headers: Headers,
): Response {
  if (!rules.origins?.has(bucket)) throw forbidden("CORS is not enabled for this bucket.");
  const method = headers.get("access-control-request-method") ?? "";
  const allowed = originHeaders(rules, bucket, headers);
  if (allowed === undefined || !METHODS.includes(method)) throw forbidden(NOT_ALLOWED);
  const wanted = headers.get("access-control-request-headers");
  return new Response(null, {
    status: 200,
    headers: {
      ...allowed,
      "access-control-allow-methods": METHODS.join(", "),
      ...wanted === null ? {} : { "access-control-allow-headers": wanted },
      "access-control-max-age": MAX_AGE,
    },
  });
}

/** What an answer says so that the page that asked for it may read it; `undefined` where it may not. */
export function originHeaders(
  rules: AccessRules,
  bucket: string,
  headers: Headers,
): Readonly<Record<string, string>> | undefined {
  const origin = headers.get("origin");
  if (origin === null || !rules.origins?.get(bucket)?.has(origin)) return undefined;
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": "ETag, x-amz-request-id",
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  };
}

/** Source: "CORS errors" in the Amazon S3 user guide. */
const NOT_ALLOWED =
  "This CORS request is not allowed. This is usually because the evaluation of Origin, request " +
  "method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted " +
  "by the resource's CORS spec.";

function forbidden(message: string): S3Error {
  return new S3Error("AccessForbidden", `CORSResponse: ${message}`);
}
