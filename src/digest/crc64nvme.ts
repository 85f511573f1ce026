/**
 * CRC-64/NVME, eight bytes a step out of eight tables, in two registers of 32 bits: numbers of 64
 * bits are slow in JavaScript.
 * Source: NVM Command Set Specification 1.0, "64b CRC Definition".
 *
 * @module
 */
import { viewWords } from "./words.ts";

/** The polynomial 0xad93d23594c93659 with its bits reversed, as the register shifts right. */
const POLYNOMIAL_HIGH = 0x9a6c9329 | 0;
const POLYNOMIAL_LOW = 0xac4bc9b5 | 0;

const { low: [L0, L1, L2, L3, L4, L5, L6, L7], high: [H0, H1, H2, H3, H4, H5, H6, H7] } = tables();

/** A running checksum. */
export class Crc64Nvme {
  #low = -1;
  #high = -1;

  /** Takes in the next bytes. */
  update(bytes: Uint8Array): void {
    const { start, words, end } = viewWords(bytes);
    this.#bytewise(bytes, 0, start);
    let low = this.#low;
    let high = this.#high;
    for (let at = 0; at < words.length; at += 2) {
      // Every platform that Deno runs on is little-endian.
      low ^= words[at];
      high ^= words[at + 1];
      const b0 = low & 255, b1 = low >>> 8 & 255, b2 = low >>> 16 & 255, b3 = low >>> 24;
      const b4 = high & 255, b5 = high >>> 8 & 255, b6 = high >>> 16 & 255, b7 = high >>> 24;
      low = L7[b0] ^ L6[b1] ^ L5[b2] ^ L4[b3] ^ L3[b4] ^ L2[b5] ^ L1[b6] ^ L0[b7];
      high = H7[b0] ^ H6[b1] ^ H5[b2] ^ H4[b3] ^ H3[b4] ^ H2[b5] ^ H1[b6] ^ H0[b7];
    }
    this.#low = low;
    this.#high = high;
    this.#bytewise(bytes, end, bytes.length);
  }

  /** The checksum so far, as an unsigned number of 64 bits. */
  value(): bigint {
    return BigInt(~this.#high >>> 0) << 32n | BigInt(~this.#low >>> 0);
  }

  #bytewise(bytes: Uint8Array, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      const index = (this.#low ^ bytes[at]) & 255;
      this.#low = (this.#low >>> 8 | this.#high << 24) ^ L0[index];
      this.#high = this.#high >>> 8 ^ H0[index];
    }
  }
}

/** Table `n` moves a byte past `n` further bytes. */
function tables(): { readonly low: Int32Array[]; readonly high: Int32Array[] } {
  const low = Array.from({ length: 8 }, () => new Int32Array(256));
  const high = Array.from({ length: 8 }, () => new Int32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let l = byte;
    let h = 0;
    for (let bit = 0; bit < 8; bit++) {
      const carry = l & 1;
      l = (l >>> 1 | h << 31) ^ (carry ? POLYNOMIAL_LOW : 0);
      h = h >>> 1 ^ (carry ? POLYNOMIAL_HIGH : 0);
    }
    low[0][byte] = l;
    high[0][byte] = h;
  }
  for (let n = 1; n < low.length; n++) {
    for (let byte = 0; byte < 256; byte++) {
      const l = low[n - 1][byte];
      const h = high[n - 1][byte];
      low[n][byte] = (l >>> 8 | h << 24) ^ low[0][l & 255];
      high[n][byte] = h >>> 8 ^ high[0][l & 255];
    }
  }
  return { low, high };
}
