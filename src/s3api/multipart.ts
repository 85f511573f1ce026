/**
 * What the multipart operations have in common: how they name an upload and its parts.
 *
 * @module
 */
import { S3Error } from "./errors.ts";

/** The highest number that a part may have. Source: "Amazon S3 multipart upload limits". */
export const MAX_PART_NUMBER = 10_000;

type Query = ReadonlyMap<string, string>;

/** The upload that a request is about. Throws `NoSuchUpload` for one that cannot exist. */
export function uploadId(query: Query): string {
  const id = query.get("uploadId") ?? "";
  if (!/^[\x21-\x7e]+$/.test(id)) throw new S3Error("NoSuchUpload");
  return id;
}

/** The part that a request is about. Throws `InvalidArgument` unless it is 1 to 10,000. */
export function partNumber(query: Query): number {
  const text = query.get("partNumber") ?? "";
  const number = /^\+?\d+$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > MAX_PART_NUMBER) {
    throw new S3Error(
      "InvalidArgument",
      `Part number must be an integer between 1 and ${MAX_PART_NUMBER}, inclusive`,
      { detail: { ArgumentName: "partNumber", ArgumentValue: text } },
    );
  }
  return number;
}
