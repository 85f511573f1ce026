/**
 * The source of a copy, whatever way it is written.
 * Source: "CopyObject" in the Amazon S3 API reference, on `x-amz-copy-source`.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/**
 * `bucket/key` of an `x-amz-copy-source` header, decoded, without a slash before it and without a
 * version. So a condition on `s3:x-amz-copy-source` cannot be got round by writing the same source
 * another way.
 *
 * @returns `undefined` for what is no URL encoding
 */
export function copySourcePath(header: string): string | undefined {
  const decoded = decode(header.split(VERSION, 1)[0] ?? "");
  return decoded === undefined ? undefined : withoutLeadingSlash(decoded);
}

/** The same of a value in a policy, which has no encoding. */
export function withoutLeadingSlash(path: string): string {
  return path.startsWith("/") ? path.slice(1) : path;
}

const VERSION = "?versionId=";

function decode(path: string): string | undefined {
  try {
    // A header has a character for every byte; clients that encode nothing send UTF-8.
    const text = Buffer.from(path, "latin1").toString("utf8");
    // Some clients encode the whole as a form would, others as a path: S3 reads `+` as a space.
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}
