import fc from "fast-check";
import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { chunked, chunkedLength } from "../../src/backends/aws_chunked.ts";
import { sampleBytes, streamed } from "./contract.ts";

const MIB = 1024 * 1024;

async function frame(bytes: Uint8Array, chunkSize: number): Promise<Uint8Array> {
  const parts = await Array.fromAsync(chunked(streamed(bytes, chunkSize), bytes.length));
  return await new Blob(parts.map((part) => new Uint8Array(part))).bytes();
}

/** Undoes the framing: the bytes, the sizes of the chunks, the trailer. */
function unframe(framed: Uint8Array): { bytes: number[]; sizes: number[]; trailer: string } {
  const text = new TextDecoder("latin1").decode(framed);
  const sizes: number[] = [];
  const bytes: number[] = [];
  for (let at = 0;;) {
    const lineEnd = text.indexOf("\r\n", at);
    const size = parseInt(text.slice(at, lineEnd), 16);
    if (size === 0) return { bytes, sizes, trailer: text.slice(lineEnd + 2) };
    sizes.push(size);
    for (const byte of framed.subarray(lineEnd + 2, lineEnd + 2 + size)) bytes.push(byte);
    at = lineEnd + 2 + size;
    assert.equal(text.slice(at, at + 2), "\r\n");
    at += 2;
  }
}

function trailerOf(bytes: Uint8Array): string {
  const digest = new Uint8Array(4);
  new DataView(digest.buffer).setUint32(0, crc32(bytes));
  return `x-amz-checksum-crc32:${btoa(String.fromCharCode(...digest))}\r\n\r\n`;
}

Deno.test("chunked frames bytes, their checksum after them, in as many bytes as foretold", () =>
  fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1 }),
      fc.integer({ min: 1, max: 20 }),
      async (bytes, chunkSize) => {
        const framed = await frame(bytes, chunkSize);
        assert.equal(framed.length, chunkedLength(bytes.length));
        const { bytes: found, trailer } = unframe(framed);
        assert.deepEqual(found, [...bytes]);
        assert.equal(trailer, trailerOf(bytes));
      },
    ),
  ));

Deno.test("chunked makes chunks of 1 MiB, however the bytes come", async () => {
  for (const size of [MIB - 1, MIB, MIB + 1, 2 * MIB, 2 * MIB + 77]) {
    for (const chunkSize of [50_000, MIB, 3 * MIB]) {
      const bytes = sampleBytes(size);
      const framed = await frame(bytes, chunkSize);
      assert.equal(framed.length, chunkedLength(size));
      const { sizes, trailer } = unframe(framed);
      const rest = size % MIB;
      const whole: number[] = Array(Math.floor(size / MIB)).fill(MIB);
      assert.deepEqual(sizes, rest > 0 ? [...whole, rest] : whole);
      assert.equal(trailer, trailerOf(bytes));
    }
  }
});
