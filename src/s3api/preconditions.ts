/**
 * The conditions under which an object may be read.
 *
 * @module
 */
import type { StoredObject } from "../storage/model.ts";
import { matchesEntityTag } from "./entity_tag.ts";
import { S3Error } from "./errors.ts";

/** Conditions as the client sent them; what is not given does not count. */
export interface ReadConditions {
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
  readonly ifModifiedSince?: string;
  readonly ifUnmodifiedSince?: string;
}

/** What conditions say: read on, nothing new for this client, or one that does not hold. */
export type ConditionResult =
  | { readonly kind: "holds" }
  | { readonly kind: "not-modified" }
  | { readonly kind: "failed"; readonly condition: string };

/**
 * Conditions from a request's headers.
 *
 * @param prefix `x-amz-copy-source-` for those on the source of a copy
 */
function readConditions(headers: Headers, prefix = ""): ReadConditions {
  return {
    ifMatch: headers.get(`${prefix}if-match`) ?? undefined,
    ifNoneMatch: headers.get(`${prefix}if-none-match`) ?? undefined,
    ifModifiedSince: headers.get(`${prefix}if-modified-since`) ?? undefined,
    ifUnmodifiedSince: headers.get(`${prefix}if-unmodified-since`) ?? undefined,
  };
}

/**
 * Evaluates conditions with S3's precedence: where `If-Match` is given, `If-Unmodified-Since` does
 * not count, and where `If-None-Match` is given, `If-Modified-Since` does not. A date that cannot
 * be read does not count either.
 * Source: "GetObject" in the Amazon S3 API reference; RFC 9110, section 13.2.2.
 */
export function evaluateConditions(
  conditions: ReadConditions,
  object: Pick<StoredObject, "etag" | "lastModified">,
): ConditionResult {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  if (ifMatch !== undefined) {
    if (!matchesEntityTag(ifMatch, object.etag)) return { kind: "failed", condition: "If-Match" };
  } else if (isModifiedSince(object, ifUnmodifiedSince) === true) {
    return { kind: "failed", condition: "If-Unmodified-Since" };
  }
  if (ifNoneMatch !== undefined) {
    return matchesEntityTag(ifNoneMatch, object.etag)
      ? { kind: "not-modified" }
      : { kind: "holds" };
  }
  return isModifiedSince(object, ifModifiedSince) === false
    ? { kind: "not-modified" }
    : { kind: "holds" };
}

/**
 * Lets a read go on only when the request's conditions hold.
 *
 * @throws {S3Error} `PreconditionFailed`; `NotModified`, with the headers that go with a 304
 */
export function demandReadConditions(headers: Headers, object: StoredObject): void {
  const result = evaluateConditions(readConditions(headers), object);
  if (result.kind === "failed") throw preconditionFailed(result.condition);
  if (result.kind === "not-modified") {
    throw new S3Error("NotModified", undefined, {
      headers: {
        "etag": `"${object.etag}"`,
        "last-modified": object.lastModified.toUTCString(),
        ...(object.headers.cacheControl === undefined
          ? {}
          : { "cache-control": object.headers.cacheControl }),
        ...(object.headers.expires === undefined ? {} : { "expires": object.headers.expires }),
      },
    });
  }
}

/**
 * Lets a copy go on only when the conditions on its source hold. There is no 304 for a copy.
 *
 * @throws {S3Error} `PreconditionFailed`
 */
export function demandCopySourceConditions(headers: Headers, source: StoredObject): void {
  const prefix = "x-amz-copy-source-";
  const result = evaluateConditions(readConditions(headers, prefix), source);
  if (result.kind === "failed") throw preconditionFailed(prefix + result.condition);
  if (result.kind === "not-modified") {
    const byTag = headers.has(`${prefix}if-none-match`);
    throw preconditionFailed(prefix + (byTag ? "If-None-Match" : "If-Modified-Since"));
  }
}

function preconditionFailed(condition: string): S3Error {
  return new S3Error("PreconditionFailed", undefined, { detail: { Condition: condition } });
}

/** `undefined` when there is no date to compare with. HTTP dates have whole seconds. */
function isModifiedSince(
  object: Pick<StoredObject, "lastModified">,
  date: string | undefined,
): boolean | undefined {
  const since = date === undefined ? NaN : Date.parse(date);
  if (Number.isNaN(since)) return undefined;
  return Math.floor(object.lastModified.getTime() / 1_000) > Math.floor(since / 1_000);
}
