import { Buffer } from "node:buffer";
import type { Context } from "hono";
import type { ContentDigest } from "../../evidence/content_digest.ts";
import { SentSource } from "../../evidence/attachment_source.ts";
import { UNKNOWN_TYPE } from "../../evidence/served_type.ts";
import type { ApiEnvironment } from "../environment.ts";
import { ProblemError } from "../problem.ts";

/** Source: RFC 9110, sections 5.6.2 and 8.3.1. */
const CONTENT_TYPE =
  /^[!#$%&'*+.^_`|~0-9A-Za-z-]+\/[!#$%&'*+.^_`|~0-9A-Za-z-]+(?:[ \t]*;[\x20-\x7e]*)?$/;

/** Most characters of a content type. */
const LONGEST_TYPE = 255;

/** What {@link isContentType} says, for clients. */
export const CONTENT_TYPE_FORM = { pattern: CONTENT_TYPE.source, maxLength: LONGEST_TYPE };

/** Whether a text is a content type that is kept. */
export function isContentType(text: string): boolean {
  return text.length <= LONGEST_TYPE && CONTENT_TYPE.test(text);
}

/**
 * The content type that a request gives to what it brings.
 *
 * @throws {ProblemError} `invalidRequest`
 */
export function sentType(headers: Headers): string {
  const type = headers.get("content-type")?.trim() ?? UNKNOWN_TYPE;
  if (isContentType(type)) return type;
  const detail = "must be a content type";
  throw new ProblemError("invalidRequest", `Content-Type ${detail}.`, {
    errors: [{ field: "Content-Type", detail }],
  });
}

/** The body of a request, which is read when it is wanted. */
export function sentBytes(
  { req, var: { caller } }: Pick<Context<ApiEnvironment>, "req" | "var">,
  maxBytes: number,
): SentSource {
  return new SentSource(
    declaredDigest(req.raw.headers),
    () => caller.upload({ maxObjectSize: maxBytes }),
  );
}

/** What the headers say of the body, without its framing; that it is true is seen when it is read. */
function declaredDigest(headers: Headers): Partial<ContentDigest> {
  const signed = headers.get("x-amz-content-sha256") ?? "";
  const isFramed = signed.startsWith("STREAMING-");
  const size = headers.get(isFramed ? "x-amz-decoded-content-length" : "content-length");
  const checksum = headers.get("x-amz-checksum-sha256");
  const sha256 = checksum === null
    ? /^[0-9a-f]{64}$/.test(signed) ? signed : undefined
    : Buffer.from(checksum, "base64").toString("hex");
  return {
    ...sha256 === undefined ? {} : { sha256 },
    ...size === null || !/^\d{1,15}$/.test(size) ? {} : { size: Number(size) },
  };
}
