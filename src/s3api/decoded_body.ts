import { decodeChunked, type DecodedBody } from "../sigv4/chunked.ts";
import { readBody } from "./body_source.ts";
import type { S3Request } from "./operation.ts";

export type { DecodedBody };

const NO_TRAILERS: ReadonlyMap<string, string> = new Map();

/**
 * The body of a request without its framing, to be read once.
 *
 * @param size of the content in bytes, where it was declared
 * @param stallTimeout milliseconds
 */
export function decodeBody(
  { body, payload }: Pick<S3Request, "body" | "payload">,
  size: number | undefined,
  stallTimeout: number,
): DecodedBody {
  const source = readBody(body, stallTimeout);
  if (payload.kind === "chunked") return decodeChunked(source, payload, size);
  return { content: source, trailers: () => NO_TRAILERS };
}
