/**
 * Digests of a multipart object, made from those of its parts without reading a byte again.
 * Source: "Checking object integrity in Amazon S3", sections on full-object and composite checksums.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { ChecksumAlgorithm } from "./checksum.ts";
import { createDigester } from "./digester.ts";

/** The algorithms that combine into a checksum of the full object. */
export type CrcAlgorithm = Extract<ChecksumAlgorithm, `CRC${string}`>;

/** A field of polynomials over GF(2); bits are reversed, so the highest bit stands for 1. */
interface Field {
  readonly bits: bigint;
  /** Without its leading term. */
  readonly polynomial: bigint;
  /** x^(2^n) for n = 0, 1, …; grows as needed. */
  readonly squares: bigint[];
  /** x^(8·length) of the length asked for last: the parts of an upload mostly have one length. */
  lastPower?: { readonly length: number; readonly power: bigint };
}

const FIELDS: Readonly<Record<CrcAlgorithm, Field>> = {
  CRC32: { bits: 32n, polynomial: 0xedb88320n, squares: [] },
  CRC32C: { bits: 32n, polynomial: 0x82f63b78n, squares: [] },
  CRC64NVME: { bits: 64n, polynomial: 0x9a6c9329ac4bc9b5n, squares: [] },
};

/**
 * The CRC of two pieces of data, one after the other.
 *
 * @param crcA of the first piece, as a digester gives it
 * @param crcB of the second piece
 * @param lengthB length of the second piece in bytes
 */
export function combineCrc(
  algorithm: CrcAlgorithm,
  crcA: Uint8Array,
  crcB: Uint8Array,
  lengthB: number,
): Uint8Array {
  const field = FIELDS[algorithm];
  const moved = multiply(field, toBigInt(crcA), powerOfLength(field, lengthB));
  return fromBigInt(moved ^ toBigInt(crcB), crcB.length);
}

/**
 * S3's composite checksum: the checksum of the parts' checksums, in base64, and how many there are.
 *
 * @param parts digests in the order of the parts
 */
export function compositeChecksum(
  algorithm: ChecksumAlgorithm,
  parts: readonly Uint8Array[],
): string {
  const digester = createDigester(algorithm);
  for (const part of parts) digester.update(part);
  return `${Buffer.from(digester.digest()).toString("base64")}-${parts.length}`;
}

/**
 * The ETag of a multipart object, unquoted: the MD5 of the parts' MD5s, and how many there are.
 *
 * @param md5s in hex, in the order of the parts
 */
export function compositeETag(md5s: readonly string[]): string {
  const digester = createDigester("MD5");
  for (const md5 of md5s) digester.update(Buffer.from(md5, "hex"));
  return `${Buffer.from(digester.digest()).toString("hex")}-${md5s.length}`;
}

function powerOfLength(field: Field, length: number): bigint {
  if (field.lastPower?.length === length) return field.lastPower.power;
  let power = one(field);
  let exponent = BigInt(length) * 8n;
  for (let n = 0; exponent > 0n; n++, exponent >>= 1n) {
    if (exponent & 1n) power = multiply(field, power, square(field, n));
  }
  field.lastPower = { length, power };
  return power;
}

function square(field: Field, n: number): bigint {
  for (let known = field.squares.length; known <= n; known++) {
    const root = field.squares[known - 1];
    field.squares.push(root === undefined ? one(field) >> 1n : multiply(field, root, root));
  }
  return field.squares[n];
}

function one(field: Field): bigint {
  return 1n << field.bits - 1n;
}

function multiply({ bits, polynomial }: Field, a: bigint, b: bigint): bigint {
  let product = 0n;
  for (let bit = 1n << bits - 1n; bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= b;
    b = b & 1n ? b >> 1n ^ polynomial : b >> 1n;
  }
  return product;
}

function toBigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}

function fromBigInt(value: bigint, length: number): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(length * 2, "0"), "hex"));
}
