/**
 * The head of an answer to GetObject and HeadObject: the two differ only in their bodies.
 *
 * @module
 */
import type { StoredObject } from "../storage/model.ts";
import { checksumHeader } from "./checksum_fields.ts";
import { S3Error } from "./errors.ts";
import { objectResponseHeaders, RESPONSE_OVERRIDES } from "./object_headers.ts";
import type { S3Request } from "./operation.ts";
import { contentRange } from "./range.ts";
import type { Selection } from "./selection.ts";

/** Status and headers of an answer, and how many bytes its body has. */
export interface AnswerHead {
  readonly status: 200 | 206;
  readonly headers: Headers;
  readonly contentLength: number;
}

/**
 * Makes the head of an answer with the chosen bytes of an object.
 *
 * @throws {S3Error} `InvalidRequest` where an anonymous request says what the headers are to be
 */
export function answerHead(
  { headers: asked, query, principal }: Pick<S3Request, "headers" | "query" | "principal">,
  object: StoredObject,
  selection: Selection,
): AnswerHead {
  if (principal.kind === "anonymous") demandNoOverrides(query);
  const headers = objectResponseHeaders(object, query);
  const { range, part } = selection;
  const contentLength = range === undefined ? object.size : range.end - range.start + 1;
  headers.set("content-length", String(contentLength));
  if (range !== undefined) headers.set("content-range", contentRange(range, object.size));
  if (part !== undefined && object.partsCount !== undefined) {
    headers.set("x-amz-mp-parts-count", String(object.partsCount));
  }
  if (asked.get("x-amz-checksum-mode")?.toUpperCase() === "ENABLED") {
    setChecksum(headers, object, selection);
  }
  return { status: range === undefined ? 200 : 206, headers, contentLength };
}

/**
 * Whoever signs a URL answers for the headers in it; a public object must not become a page of
 * somebody else's making. Source: "GetObject" in the Amazon S3 API reference, on `response-*`.
 */
function demandNoOverrides(query: S3Request["query"]): void {
  if (!RESPONSE_OVERRIDES.some((name) => query.has(name))) return;
  throw new S3Error(
    "InvalidRequest",
    "Request specific response headers cannot be used for anonymous GET requests.",
  );
}

/** A part has a checksum of its own; any other range has none that S3 could tell. */
function setChecksum(headers: Headers, object: StoredObject, { range, part }: Selection): void {
  if (object.checksum === undefined) return;
  const { algorithm, type, value } = object.checksum;
  const chosen = part === undefined ? (range === undefined ? value : undefined) : part.checksum;
  if (chosen === undefined) return;
  headers.set(checksumHeader(algorithm), chosen);
  headers.set("x-amz-checksum-type", type);
}
