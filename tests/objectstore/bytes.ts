import type { ObjectStoreError } from "../../src/objectstore/object_store_error.ts";

/** A mebibyte. */
export const MIB = 1_024 ** 2;

/** Bytes of a text. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Text of bytes. */
export function text(content: Uint8Array): string {
  return new TextDecoder().decode(content);
}

/** Bytes without a pattern that are the same every time. */
export function noise(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = seed;
  for (let i = 0; i < words.length; i++) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    words[i] = state;
  }
  return new Uint8Array(words.buffer, 0, length);
}

/** A stream of these bytes, in chunks of any size. */
export async function* streamed(
  content: Uint8Array<ArrayBuffer>,
  chunk = 65_000,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < content.length; at += chunk) yield content.subarray(at, at + chunk);
}

/** What an error of a store is, for `assert.rejects`. */
export function fault(
  kind: ObjectStoreError["kind"],
  code?: ObjectStoreError["code"],
): Partial<ObjectStoreError> {
  return { name: "ObjectStoreError", kind, ...code === undefined ? {} : { code } };
}
