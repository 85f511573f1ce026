/**
 * CRC-32C (Castagnoli), eight bytes a step out of eight tables. Synchronous and without a native
 * part: Deno's `node:zlib` knows only the CRC-32 of gzip.
 * Source: RFC 3720, appendix B.4; "slicing-by-8", Kounavis and Berry, 2005.
 *
 * @module
 */
import { viewWords } from "./words.ts";

/** The polynomial with its bits reversed, as the register shifts right. */
const POLYNOMIAL = 0x82f63b78;

const [T0, T1, T2, T3, T4, T5, T6, T7] = tables();

/**
 * Continues a checksum over more bytes.
 *
 * @param crc what went before; 0 for nothing
 * @returns an unsigned number of 32 bits
 */
export function crc32c(bytes: Uint8Array, crc = 0): number {
  const { start, words, end } = viewWords(bytes);
  let register = bytewise(bytes, 0, start, ~crc);
  for (let at = 0; at < words.length; at += 2) {
    // Every platform that Deno runs on is little-endian.
    const low = register ^ words[at];
    const high = words[at + 1];
    register = T7[low & 255] ^ T6[low >>> 8 & 255] ^ T5[low >>> 16 & 255] ^ T4[low >>> 24] ^
      T3[high & 255] ^ T2[high >>> 8 & 255] ^ T1[high >>> 16 & 255] ^ T0[high >>> 24];
  }
  return ~bytewise(bytes, end, bytes.length, register) >>> 0;
}

function bytewise(bytes: Uint8Array, from: number, to: number, register: number): number {
  for (let at = from; at < to; at++) {
    register = T0[(register ^ bytes[at]) & 255] ^ (register >>> 8);
  }
  return register;
}

/** Table `n` moves a byte past `n` further bytes. */
function tables(): Int32Array[] {
  const all = Array.from({ length: 8 }, () => new Int32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let register = byte;
    for (let bit = 0; bit < 8; bit++) {
      register = register & 1 ? register >>> 1 ^ POLYNOMIAL : register >>> 1;
    }
    all[0][byte] = register;
  }
  for (let n = 1; n < all.length; n++) {
    for (let byte = 0; byte < 256; byte++) {
      const before = all[n - 1][byte];
      all[n][byte] = before >>> 8 ^ all[0][before & 255];
    }
  }
  return all;
}
