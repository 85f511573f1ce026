import type { RequestHandler } from "../telemetry/observed_requests.ts";

/** What pages of other origins may send, and how long browsers may remember that. */
const ALLOWED = {
  "access-control-allow-methods": "GET, HEAD, POST, PUT, DELETE",
  "access-control-allow-headers": [
    "accept",
    "authorization",
    "content-md5",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "if-range",
    "range",
    "x-amz-checksum-sha256",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-proxy-token",
  ].join(", "),
  "access-control-max-age": "600",
};

/** What they may see of an answer, besides what all may. */
const EXPOSED = [
  "accept-ranges",
  "content-disposition",
  "content-range",
  "etag",
  "evidence-checksum",
  "evidence-seq",
  "evidence-version",
  "idempotent-replayed",
  "location",
  "ratelimit",
  "ratelimit-policy",
  "repr-digest",
  "retry-after",
  "x-request-id",
].join(", ");

/**
 * Lets pages of some origins use the API. No cookie ever counts, so none is allowed.
 * Source: Fetch Standard, "CORS protocol".
 *
 * @param origins as browsers write them, such as `https://app.example.com`
 */
export function withCors(origins: readonly string[], handle: RequestHandler): RequestHandler {
  if (origins.length === 0) return handle;
  const allowed = new Set(origins);
  return async (request, info) => {
    const origin = request.headers.get("origin");
    const isAllowed = origin !== null && allowed.has(origin);
    const response = isAllowed && isPreflight(request)
      ? new Response(null, { status: 204, headers: ALLOWED })
      : await handle(request, info);
    response.headers.append("vary", "Origin");
    if (isAllowed) {
      response.headers.set("access-control-allow-origin", origin);
      response.headers.set("access-control-expose-headers", EXPOSED);
      // What is for that page alone may be read by it, wherever it is from.
      response.headers.set("cross-origin-resource-policy", "cross-origin");
    }
    return response;
  };
}

function isPreflight({ headers, method }: Request): boolean {
  return method === "OPTIONS" && headers.has("access-control-request-method");
}
