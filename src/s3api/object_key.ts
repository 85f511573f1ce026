import { Buffer } from "node:buffer";
import { S3Error } from "./errors.ts";

/** Source: "Naming Amazon S3 objects". */
export const MAX_KEY_BYTES = 1_024;

/**
 * Lets only a key pass that an object may have: 1 to 1,024 bytes of UTF-8, without NUL, which
 * PostgreSQL's text cannot hold.
 *
 * @throws {S3Error} `InvalidURI`, `KeyTooLongError`
 */
export function demandObjectKey(key: string): string {
  if (key === "" || key.includes("\0") || !key.isWellFormed()) throw new S3Error("InvalidURI");
  // UTF-8 takes at most three bytes for a UTF-16 unit: most keys need not be measured.
  const size = key.length * 3 <= MAX_KEY_BYTES ? 0 : Buffer.byteLength(key);
  if (size > MAX_KEY_BYTES) {
    throw new S3Error("KeyTooLongError", undefined, {
      detail: { Size: String(size), MaxSizeAllowed: String(MAX_KEY_BYTES) },
    });
  }
  return key;
}
