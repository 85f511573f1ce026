/**
 * Frames a body in `aws-chunked` with a CRC32 trailer and no signatures, as today's SDKs send it.
 * Source: "Signature Calculations for the Authorization Header: Including Trailing Headers".
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";

/** The headers that announce such a body, but for its length. */
export const CHUNKED_HEADERS: Readonly<Record<string, string>> = {
  "content-encoding": "aws-chunked",
  "x-amz-trailer": "x-amz-checksum-crc32",
};

/** Stands in place of the body's digest. */
export const CHUNKED_PAYLOAD = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

/** Bytes in each chunk but the last. Stores take 8 KiB to 16 MiB. */
const CHUNK_BYTES = 1024 * 1024;

const TRAILER_BYTES = "0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n".length;

/** Length of a body of `size` bytes once it is framed. */
export function chunkedLength(size: number): number {
  const whole = Math.floor(size / CHUNK_BYTES);
  const rest = size % CHUNK_BYTES;
  const framed = (length: number) => frameHead(length).length + length + 2;
  return whole * framed(CHUNK_BYTES) + (rest > 0 ? framed(rest) : 0) + TRAILER_BYTES;
}

/** Frames exactly `size` bytes, without copying them. */
export async function* chunked(
  content: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array, void, void> {
  let checksum = 0;
  let left = size;
  let open = 0;
  for await (let bytes of content) {
    checksum = crc32(bytes, checksum);
    while (bytes.length > 0) {
      if (open === 0) {
        open = Math.min(CHUNK_BYTES, left);
        yield Buffer.from(frameHead(open));
      }
      const piece = bytes.subarray(0, open);
      yield piece;
      bytes = bytes.subarray(piece.length);
      left -= piece.length;
      open -= piece.length;
      if (open === 0) yield Buffer.from("\r\n");
    }
  }
  const digest = Buffer.alloc(4);
  digest.writeUInt32BE(checksum);
  yield Buffer.from(`0\r\nx-amz-checksum-crc32:${digest.toString("base64")}\r\n\r\n`);
}

function frameHead(length: number): string {
  return `${length.toString(16)}\r\n`;
}
