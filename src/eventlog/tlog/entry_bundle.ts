/**
 * Bundles of entries: each with its length before it.
 * Source: C2SP tlog-tiles (https://c2sp.org/tlog-tiles), "Log entries".
 *
 * @module
 */
import { joined } from "../verify/bytes.ts";

/** Longest entry, in bytes. */
export const LARGEST_ENTRY = 0xffff;

/** Bytes of a length: big-endian. */
const LENGTH_BYTES = 2;

/**
 * Writes a bundle.
 *
 * @throws {RangeError} for an entry that is longer than {@link LARGEST_ENTRY}
 */
export function writeBundle(entries: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return joined(entries.flatMap((entry) => [lengthOf(entry), entry]));
}

/**
 * Reads a bundle.
 *
 * @returns `undefined` for bytes that are none
 */
export function readBundle(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const begin = at + LENGTH_BYTES;
    if (begin > bytes.length) return undefined;
    at = begin + view.getUint16(at);
    if (at > bytes.length) return undefined;
    entries.push(bytes.subarray(begin, at));
  }
  return entries;
}

function lengthOf(entry: Uint8Array): Uint8Array {
  if (entry.length > LARGEST_ENTRY) throw new RangeError(`an entry has ${entry.length} bytes`);
  return Uint8Array.of(entry.length >> 8, entry.length & 0xff);
}
