/**
 * The condition under which an object may be written.
 *
 * @module
 */
import type { WriteCondition } from "../storage/model.ts";
import { unquoteEntityTag } from "./entity_tag.ts";
import { S3Error } from "./errors.ts";

/** Conditions that S3 knows for reads only. Passing over one could destroy what it protects. */
const READ_ONLY_CONDITIONS = ["if-modified-since", "if-unmodified-since"] as const;

/**
 * The condition of PutObject, CopyObject and CompleteMultipartUpload. As with S3, `If-None-Match`
 * may only be `*`, and goes without `If-Match`.
 * Source: "How to prevent object overwrites with conditional writes".
 *
 * @throws {S3Error} `NotImplemented` for any other condition
 */
export function writeCondition(headers: Headers): WriteCondition {
  for (const name of READ_ONLY_CONDITIONS) {
    if (headers.has(name)) throw unsupported(name);
  }
  const ifNoneMatch = headers.get("if-none-match");
  const ifMatch = headers.get("if-match");
  if (ifNoneMatch !== null) {
    if (unquoteEntityTag(ifNoneMatch.trim()) !== "*") throw unsupported("if-none-match");
    if (ifMatch !== null) throw unsupported("if-match");
    return { kind: "absent" };
  }
  return ifMatch === null ? { kind: "none" } : { kind: "match", etag: singleTag(ifMatch) };
}

/**
 * The condition of DeleteObject: an unquoted entity tag, or `*`; `undefined` for none.
 *
 * @throws {S3Error} `NotImplemented` for any other condition
 */
export function deleteCondition(headers: Headers): string | undefined {
  for (const name of ["if-none-match", ...READ_ONLY_CONDITIONS]) {
    if (headers.has(name)) throw unsupported(name);
  }
  const ifMatch = headers.get("if-match");
  return ifMatch === null ? undefined : singleTag(ifMatch);
}

function singleTag(header: string): string {
  if (header.includes(",")) throw unsupported("if-match");
  return unquoteEntityTag(header.trim());
}

function unsupported(header: string): S3Error {
  return new S3Error(
    "NotImplemented",
    "A header you provided implies functionality that is not implemented.",
    { detail: { Header: header } },
  );
}
