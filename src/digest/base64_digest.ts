/**
 * Digests as they stand in headers: base64 of exactly the algorithm's length.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import type { DigestAlgorithm } from "./digester.ts";

/** Length of a digest in bytes. */
export const DIGEST_BYTES: Readonly<Record<DigestAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  MD5: 16,
  SHA1: 20,
  SHA256: 32,
};

/** Reads a digest; `undefined` when the text is no base64, or not of the algorithm's length. */
export function parseDigest(algorithm: DigestAlgorithm, text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, "base64");
  // Buffer passes over what is no base64; only the one right spelling comes back as it was.
  if (bytes.length !== DIGEST_BYTES[algorithm] || bytes.toString("base64") !== text) {
    return undefined;
  }
  return Uint8Array.from(bytes);
}

/** Writes a digest in base64. */
export function formatDigest(digest: Uint8Array): string {
  return Buffer.from(digest.buffer, digest.byteOffset, digest.byteLength).toString("base64");
}

/** Compares two digests in constant time. */
export function digestsEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
