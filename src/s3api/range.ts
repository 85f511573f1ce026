/**
 * The one range of bytes that a GET or HEAD may ask for.
 *
 * @module
 */
import type { ByteRange } from "../backends/backend.ts";
import { S3Error } from "./errors.ts";

const SINGLE_RANGE = /^bytes\s*=\s*(\d*)\s*-\s*(\d*)$/i;

/**
 * The range that a `Range` header chooses of `size` bytes; `undefined` for all of them. S3 answers
 * with all of them where the header is malformed, names another unit, or more than one range.
 * Source: RFC 9110, section 14.1.2; "GetObject" in the Amazon S3 API reference.
 *
 * @throws {S3Error} `InvalidRange` when it chooses nothing of what there is
 */
export function chooseRange(header: string | null, size: number): ByteRange | undefined {
  const match = header === null ? null : SINGLE_RANGE.exec(header.trim());
  if (match === null) return undefined;
  const [, first, last] = match;
  if (first === "" && last === "") return undefined;
  if (first !== "" && last !== "" && Number(first) > Number(last)) return undefined;

  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  if (start >= size) throw unsatisfiable(header ?? "", size);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  return { start, end };
}

/** `bytes 0-9/100`. */
export function contentRange({ start, end }: ByteRange, size: number): string {
  return `bytes ${start}-${end}/${size}`;
}

function unsatisfiable(requested: string, size: number): S3Error {
  return new S3Error("InvalidRange", undefined, {
    detail: { RangeRequested: requested, ActualObjectSize: String(size) },
    headers: { "content-range": `bytes */${size}` },
  });
}
