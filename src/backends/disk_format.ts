/**
 * What lies in a file of the disk backend: a header of fixed size, then either the bytes of an
 * object or part, or the list of the parts that an object is made of.
 *
 * The key is in the header because a file's name cannot hold it: keys are longer than a name may
 * be, have `/` and `..` in them, and differ in case where a file system does not.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** Longest key in bytes of UTF-8. */
export const MAX_KEY_BYTES = 1_024;

const MAGIC = Buffer.from("HOLDFST1");
const SIZE_AT = 8;
const MD5_AT = 16;
const PARTS_AT = 32;
const KEY_LENGTH_AT = 36;
const KEY_AT = 38;

/** Bytes before the content. Fixed, so that a copy only needs its header written anew. */
export const HEADER_BYTES = KEY_AT + MAX_KEY_BYTES + 2;

/** Bytes of one {@link PartEntry} in a list of parts. */
export const PART_ENTRY_BYTES = 26;

/** What the header of a file says. */
export interface FileHeader {
  readonly key: string;
  /** Bytes of the object or part, wherever they lie. */
  readonly size: number;
  /** MD5 of the bytes in hex; of the parts' MD5s where there are parts. */
  readonly md5: string;
  /** 0: the bytes follow the header. Otherwise a list of so many parts follows it. */
  readonly parts: number;
}

/** One part of an object that was uploaded in parts. */
export interface PartEntry {
  readonly partNumber: number;
  readonly md5: string;
  readonly size: number;
}

/** The entity tag of what a header describes: `md5`, or `md5-N` for N parts. */
export function entityTag(header: FileHeader): string {
  return header.parts === 0 ? header.md5 : `${header.md5}-${header.parts}`;
}

/** Writes a header, padded to {@link HEADER_BYTES}. The key must not pass {@link MAX_KEY_BYTES}. */
export function encodeHeader(header: FileHeader): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(new ArrayBuffer(HEADER_BYTES));
  MAGIC.copy(bytes, 0);
  bytes.writeBigUInt64BE(BigInt(header.size), SIZE_AT);
  bytes.write(header.md5, MD5_AT, "hex");
  bytes.writeUInt32BE(header.parts, PARTS_AT);
  bytes.writeUInt16BE(bytes.write(header.key, KEY_AT, "utf8"), KEY_LENGTH_AT);
  return bytes;
}

/** Reads a header; `undefined` when the bytes do not start with one. */
export function decodeHeader(source: Uint8Array): FileHeader | undefined {
  if (source.length < HEADER_BYTES) return undefined;
  const bytes = asBuffer(source);
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const keyEnd = KEY_AT + bytes.readUInt16BE(KEY_LENGTH_AT);
  if (keyEnd > HEADER_BYTES) return undefined;
  return {
    key: bytes.toString("utf8", KEY_AT, keyEnd),
    size: Number(bytes.readBigUInt64BE(SIZE_AT)),
    md5: bytes.toString("hex", MD5_AT, PARTS_AT),
    parts: bytes.readUInt32BE(PARTS_AT),
  };
}

/** Writes a list of parts. */
export function encodeParts(parts: readonly PartEntry[]): Uint8Array {
  const bytes = Buffer.alloc(parts.length * PART_ENTRY_BYTES);
  parts.forEach((part, index) => {
    const at = index * PART_ENTRY_BYTES;
    bytes.writeUInt16BE(part.partNumber, at);
    bytes.write(part.md5, at + 2, "hex");
    bytes.writeBigUInt64BE(BigInt(part.size), at + 18);
  });
  return bytes;
}

/** Reads what {@link encodeParts} wrote. */
export function decodeParts(source: Uint8Array): PartEntry[] {
  const bytes = asBuffer(source);
  const parts: PartEntry[] = [];
  for (let at = 0; at + PART_ENTRY_BYTES <= bytes.length; at += PART_ENTRY_BYTES) {
    parts.push({
      partNumber: bytes.readUInt16BE(at),
      md5: bytes.toString("hex", at + 2, at + 18),
      size: Number(bytes.readBigUInt64BE(at + 18)),
    });
  }
  return parts;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
