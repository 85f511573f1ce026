/**
 * How attachments are answered with.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { z } from "zod";
import type { ByteRange } from "../../backends/backend.ts";
import { contentDisposition } from "../../evidence/content_disposition.ts";
import type { KeptAttachment } from "../../evidence/model.ts";
import { servedType } from "../../evidence/served_type.ts";
import { S3Error } from "../../s3api/errors.ts";
import { matchesEntityTag } from "../../s3api/entity_tag.ts";
import { evaluateConditions } from "../../s3api/preconditions.ts";
import { chooseRange, contentRange } from "../../s3api/range.ts";
import { ProblemError } from "../problem.ts";

/** Where an event is in the log. */
const eventPlace = {
  seq: z.int().nullable(),
  event_hash: z.string().nullable(),
};

/** An attachment. `seq` and `event_hash` are those of the event about its storing. */
export const attachmentAnswer = z.object({
  name: z.string(),
  key: z.string(),
  checksum: z.string().describe("SHA-256 of its bytes, in hex"),
  size: z.int(),
  content_type: z.string().describe("as its sender said; never what it is served as"),
  stored_at: z.iso.datetime(),
  ...eventPlace,
});

/** Attachments of a decision. */
export const attachmentListAnswer = z.object({
  attachments: z.array(attachmentAnswer),
  next_cursor: z.string().optional().describe("absent where there are no more"),
});

/** The event about a deletion. */
export const deletionAnswer = z.object({ seq: z.int(), event_hash: z.string() });

/** An attachment, as JSON. */
export function attachmentJson(kept: KeptAttachment): z.infer<typeof attachmentAnswer> {
  return {
    name: kept.name,
    key: kept.key,
    checksum: kept.sha256,
    size: kept.size,
    content_type: kept.contentType,
    stored_at: kept.storedAt.toISOString(),
    seq: kept.event?.seq ?? null,
    event_hash: kept.event?.eventHash ?? null,
  };
}

/** What is to be sent of an attachment, and how. */
export interface FileAnswer {
  readonly status: 200 | 206 | 304;
  readonly headers: Readonly<Record<string, string>>;
  /** All of it without it. */
  readonly range?: ByteRange;
  /** Bytes of the body. */
  readonly length: number;
}

/**
 * Decides what of an attachment a request is sent. Whatever it is, a browser saves it and runs none of
 * it. Source: RFC 9110, sections 13 and 14; RFC 9530, section 3.
 *
 * @throws {ProblemError} `preconditionFailed`, `rangeNotSatisfiable`
 */
export function fileAnswer(kept: KeptAttachment, headers: Headers): FileAnswer {
  const { sha256: etag, size, storedAt: lastModified } = kept;
  const conditions = evaluateConditions({
    ifMatch: headers.get("if-match") ?? undefined,
    ifNoneMatch: headers.get("if-none-match") ?? undefined,
    ifModifiedSince: headers.get("if-modified-since") ?? undefined,
    ifUnmodifiedSince: headers.get("if-unmodified-since") ?? undefined,
  }, { etag, lastModified });
  if (conditions.kind === "failed") {
    throw new ProblemError("preconditionFailed", `${conditions.condition} does not hold.`);
  }
  const validators = {
    etag: `"${etag}"`,
    "last-modified": lastModified.toUTCString(),
    "cache-control": "private, no-cache",
  };
  if (conditions.kind === "not-modified") return { status: 304, headers: validators, length: 0 };
  const range = rangeOf(headers, etag, size);
  const length = range === undefined ? size : range.end - range.start + 1;
  return {
    status: range === undefined ? 200 : 206,
    headers: {
      ...validators,
      ...fileHeaders(kept),
      "content-length": String(length),
      ...range === undefined ? {} : { "content-range": contentRange(range, size) },
    },
    range,
    length,
  };
}

function fileHeaders({ contentType, name, sha256 }: KeptAttachment): Record<string, string> {
  return {
    "accept-ranges": "bytes",
    "content-disposition": contentDisposition(name),
    "content-security-policy": "sandbox; default-src 'none'",
    "content-type": servedType(contentType),
    "cross-origin-resource-policy": "same-origin",
    "repr-digest": `sha-256=:${Buffer.from(sha256, "hex").toString("base64")}:`,
    "x-content-type-options": "nosniff",
  };
}

/** A range of what the client has a part of already; all of it where that is something else. */
function rangeOf(headers: Headers, etag: string, size: number): ByteRange | undefined {
  const ifRange = headers.get("if-range");
  if (ifRange !== null && !matchesEntityTag(ifRange, etag)) return undefined;
  try {
    return chooseRange(headers.get("range"), size);
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    const detail = `There are ${size} bytes.`;
    const told = { "content-range": `bytes */${size}` };
    throw new ProblemError("rangeNotSatisfiable", detail, { size }, told);
  }
}
