/**
 * What every backend must do, as a table of cases that runs against a real one.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  type Backend,
  BackendError,
  type BackendErrorKind,
  type BackendKey,
  type ByteRange,
  type Content,
} from "../../src/backends/backend.ts";

const MIB = 1024 * 1024;

/** The smallest part that S3 takes, but for the last. */
const PART = 5 * MIB;

/** Runs the whole contract as steps of one test, on keys below a prefix of their own. */
export async function testContract(test: Deno.TestContext, backend: Backend): Promise<void> {
  for (const [name, run] of Object.entries(CASES)) {
    await test.step(name, () => run(backend, `contract-${crypto.randomUUID()}/`));
  }
}

/** Bytes that repeat no block, the same for the same seed. */
export function sampleBytes(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed * 2654435761 >>> 0 || 1;
  for (let at = 0; at < length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state;
  }
  return bytes;
}

/** Bytes as a stream of chunks, and then, where given, an error. */
export async function* streamed(
  bytes: Uint8Array,
  chunkSize = 64 * 1024,
  fault?: Error,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.slice(at, at + chunkSize);
  if (fault) throw fault;
}

/** All bytes of a stream. */
export async function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).bytes();
}

/** MD5 in hex. */
export function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

/** A test's own key. */
export function keyOf(text: string): BackendKey {
  return text as BackendKey;
}

/** Fails unless the call throws a BackendError of that kind. */
export async function rejectsWith(kind: BackendErrorKind, call: Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error) => {
    assert(error instanceof BackendError, String(error));
    assert.equal(error.kind, kind, error.message);
    return true;
  });
}

type Case = (backend: Backend, prefix: string) => Promise<void>;

const CASES: Record<string, Case> = {
  "bytes come back as they were stored": async (backend, prefix) => {
    const contents: Record<string, (bytes: Uint8Array) => [Content, number | undefined]> = {
      memory: (bytes) => [bytes, bytes.length],
      "memory of no announced size": (bytes) => [bytes, undefined],
      stream: (bytes) => [streamed(bytes), bytes.length],
      "stream in small chunks": (bytes) => [streamed(bytes, 1_000), bytes.length],
      "stream of unknown size": (bytes) => [streamed(bytes), undefined],
    };
    const sizes = [0, 1, 1024, 40_000, 300_000, 9 * MIB];
    for (const [name, makeContent] of Object.entries(contents)) {
      for (const size of sizes) {
        const what = `${name}, ${size} bytes`;
        const bytes = sampleBytes(size, size + name.length);
        const key = keyOf(`${prefix}${name}/${size}`);
        const stored = await backend.put(key, ...makeContent(bytes));
        assert.equal(stored.size, size, what);
        assert.equal(stored.md5, md5(bytes), what);
        assert.equal(md5(await readAll(await backend.get(key))), md5(bytes), what);
        const held = await backend.head(key);
        assert.equal(held?.size, size, what);
        assert.equal(held?.etag, stored.etag, what);
        assert(Math.abs(Date.now() - held.lastModified.getTime()) < 600_000, what);
      }
    }
  },

  "a range is what was asked for": async (backend, prefix) => {
    for (const size of [1_000, 40_000, 600_000]) {
      const bytes = sampleBytes(size);
      const key = keyOf(`${prefix}${size}`);
      await backend.put(key, bytes, size);
      const last = size - 1;
      const ranges = [[0, 0], [0, 9], [10, 499], [last, last], [0, last], [500, size + 99]];
      for (const [start, end] of ranges) {
        const found = await readAll(await backend.get(key, { start, end }));
        assert.deepEqual(found, bytes.subarray(start, end + 1), `${start}-${end} of ${size}`);
      }
      await rejectsWith("rejected", backend.get(key, { start: size, end: size + 1 }));
    }
  },

  "what is not there is not found": async (backend, prefix) => {
    const key = keyOf(`${prefix}missing`);
    assert.equal(await backend.head(key), undefined);
    await rejectsWith("not-found", backend.get(key));
    await rejectsWith("not-found", backend.get(key, { start: 0, end: 1 }));
    await rejectsWith("not-found", backend.copy(key, keyOf(`${prefix}copy`), 1));
    assert.deepEqual(await backend.delete([key]), []);
    assert.deepEqual(await backend.delete([key, keyOf(`${prefix}missing too`)]), []);
  },

  "content of another size than announced is stored nowhere": async (backend, prefix) => {
    const bytes = sampleBytes(200_000);
    const key = keyOf(`${prefix}wrong`);
    for (const announced of [0, 1, 64 * 1024, 199_999, 200_001, 300_000]) {
      await rejectsWith("rejected", backend.put(key, streamed(bytes), announced));
      await rejectsWith("rejected", backend.put(key, bytes, announced));
      assert.equal(await backend.head(key), undefined, `${announced}`);
    }
  },

  "an error of the content passes unchanged and nothing is stored": async (backend, prefix) => {
    const fault = new TypeError("the client's checksum does not hold");
    const key = keyOf(`${prefix}bad`);
    const passes = (call: Promise<unknown>) => assert.rejects(call, (error) => error === fault);
    for (const size of [0, 10, 200_000, 9 * MIB]) {
      const bytes = sampleBytes(size);
      await passes(backend.put(key, streamed(bytes, undefined, fault), size));
      await passes(backend.put(key, streamed(bytes, undefined, fault), size + 1));
      await passes(backend.put(key, streamed(bytes, undefined, fault), undefined));
      assert.equal(await backend.head(key), undefined, `${size}`);
    }
    const uploadId = await backend.createUpload(key);
    const bytes = sampleBytes(200_000);
    await passes(backend.putPart(key, uploadId, 1, streamed(bytes, undefined, fault), 200_000));
    await backend.abortUpload(key, uploadId);
  },

  "any key is a key": async (backend, prefix) => {
    const keys = [
      "a",
      "a.b",
      "with space",
      "plus+percent%25%2F&=?#",
      "quotes'\"<>&amp;",
      "größe/日本語/🦕",
      "trailing/slash/x",
      "!*'();:@,$[]",
      "~tilde-_.",
      `${"long/".repeat(180)}end`,
    ].map((name) => keyOf(prefix + name));
    for (const key of keys) await backend.put(key, new TextEncoder().encode(key), undefined);
    for (const key of keys) {
      assert.equal(await new Response(await backend.get(key) as BodyInit).text(), key);
      assert.equal((await backend.head(key))?.key, key);
    }
    const listed = (await Array.fromAsync(backend.list(prefix))).flat().map((held) => held.key);
    assert.deepEqual(listed, keys.toSorted(byBytes));
    await backend.copy(keys[5], keyOf(`${prefix}copied`), 40);
    assert.deepEqual(await backend.delete([...keys, keyOf(`${prefix}copied`)]), []);
    assert.deepEqual((await Array.fromAsync(backend.list(prefix))).flat(), []);
  },

  "a listing pages in the order of bytes": async (backend, prefix) => {
    const names = Array.from({ length: 1_003 }, (_, index) => `p/${index}`);
    const keys = [...names, "o", "q", "p!", "p0", "p/é", "p/\u{10000}", "p/\u{ffee}"]
      .map((name) => keyOf(prefix + name));
    await inTurns(keys, (key) => backend.put(key, new TextEncoder().encode(key), undefined));
    const list = async (below: string, after?: string) => {
      const pages = await Array.fromAsync(backend.list(prefix + below, after));
      for (const page of pages) assert(page.length <= 1_000);
      return pages.flat();
    };
    const expected = keys.toSorted(byBytes);
    const all = await list("");
    assert.deepEqual(all.map((held) => held.key), expected);
    assert(all.every((held) => held.size === new TextEncoder().encode(held.key).length));
    assert.equal(all[3].etag, (await backend.head(all[3].key))?.etag);
    const below = expected.filter((key) => key.startsWith(`${prefix}p/`));
    assert.deepEqual((await list("p/")).map((held) => held.key), below);
    const after = below[700];
    assert.deepEqual((await list("p/", after)).map((held) => held.key), below.slice(701));
    assert.deepEqual(await list("none"), []);
    assert.deepEqual(await backend.delete(keys), []);
    assert.deepEqual(await list(""), []);
  },

  "a deletion deletes what it names and nothing else": async (backend, prefix) => {
    const keys = ["a", "b", "b/c", "c"].map((name) => keyOf(prefix + name));
    await inTurns(keys, (key) => backend.put(key, sampleBytes(10), 10));
    assert.deepEqual(await backend.delete([]), []);
    assert.deepEqual(await backend.delete(keys.slice(0, 2)), []);
    assert.deepEqual(await backend.delete(keys.slice(3)), []);
    const left = (await Array.fromAsync(backend.list(prefix))).flat().map((held) => held.key);
    assert.deepEqual(left, [keys[2]]);
  },

  "an upload in parts becomes one object": async (backend, prefix) => {
    const key = keyOf(`${prefix}parted`);
    const bytes = sampleBytes(2 * PART + 1_000);
    const cut = [bytes.subarray(0, PART), bytes.subarray(PART, 2 * PART), bytes.subarray(2 * PART)];
    const uploadId = await backend.createUpload(key);
    const etags: string[] = [];
    for (const index of [2, 0, 1]) {
      const content = index === 1 ? streamed(cut[1]) : cut[index];
      const stored = await backend.putPart(key, uploadId, index + 1, content, cut[index].length);
      assert.equal(stored.md5, md5(cut[index]));
      assert.equal(stored.size, cut[index].length);
      etags[index] = stored.etag;
    }
    assert.equal(await backend.head(key), undefined);
    const parts = etags.map((etag, index) => ({ partNumber: index + 1, etag }));
    const stored = await backend.completeUpload(key, uploadId, parts);
    assert.equal(stored.size, bytes.length);
    assert.match(stored.etag, /-3$/);
    assert.equal(md5(await readAll(await backend.get(key))), md5(bytes));
    const ranges: ByteRange[] = [
      { start: 0, end: 9 },
      { start: PART - 5, end: PART + 4 },
      { start: PART - 1, end: 2 * PART },
      { start: 2 * PART, end: bytes.length - 1 },
    ];
    for (const range of ranges) {
      const found = await readAll(await backend.get(key, range));
      assert.equal(md5(found), md5(bytes.subarray(range.start, range.end + 1)));
    }
    assert.equal((await backend.head(key))?.size, bytes.length);
    const again = await backend.completeUpload(key, uploadId, parts);
    assert.deepEqual(again, stored, "completing again answers the same");
    await backend.abortUpload(key, uploadId);
    assert.equal((await backend.head(key))?.etag, stored.etag, "aborting late changes nothing");
    const copied = keyOf(`${prefix}copied`);
    await backend.copy(key, copied, bytes.length);
    assert.equal(md5(await readAll(await backend.get(copied))), md5(bytes));
    assert.deepEqual(await backend.delete([key, copied]), []);
    assert.equal(await backend.head(key), undefined);
  },

  "a part that is sent again replaces the one before": async (backend, prefix) => {
    const key = keyOf(`${prefix}replaced`);
    const uploadId = await backend.createUpload(key);
    await backend.putPart(key, uploadId, 1, sampleBytes(700, 1), 700);
    await backend.putPart(key, uploadId, 3, sampleBytes(700, 3), 700);
    const second = await backend.putPart(key, uploadId, 1, sampleBytes(900, 2), 900);
    await backend.completeUpload(key, uploadId, [{ partNumber: 1, etag: second.etag }]);
    assert.deepEqual(await readAll(await backend.get(key)), sampleBytes(900, 2));
  },

  "a part is copied out of another object": async (backend, prefix) => {
    const source = keyOf(`${prefix}source`);
    const key = keyOf(`${prefix}assembled`);
    const bytes = sampleBytes(PART + 2_000);
    await backend.put(source, bytes, bytes.length);
    const uploadId = await backend.createUpload(key);
    const first = await backend.copyPart(source, { start: 0, end: PART - 1 }, key, uploadId, 1);
    const second = await backend.copyPart(source, { start: 5, end: 1_004 }, key, uploadId, 2);
    assert.equal(first.size, PART);
    assert.equal(first.md5, md5(bytes.subarray(0, PART)));
    assert.equal(second.md5, md5(bytes.subarray(5, 1_005)));
    const missing = keyOf(`${prefix}missing`);
    await rejectsWith(
      "not-found",
      backend.copyPart(missing, { start: 0, end: 9 }, key, uploadId, 3),
    );
    const parts = [first, second].map(({ etag }, index) => ({ partNumber: index + 1, etag }));
    const stored = await backend.completeUpload(key, uploadId, parts);
    assert.equal(stored.size, PART + 1_000);
    const found = await readAll(await backend.get(key));
    assert.deepEqual(found.subarray(PART), bytes.subarray(5, 1_005));
  },

  "an upload that is gone takes no parts": async (backend, prefix) => {
    const key = keyOf(`${prefix}gone`);
    const uploadId = await backend.createUpload(key);
    const { etag } = await backend.putPart(key, uploadId, 1, sampleBytes(10), 10);
    const part = { partNumber: 1, etag };
    const unsent = { partNumber: 2, etag: "0123456789abcdef0123456789abcdef" };
    await rejectsWith("rejected", backend.completeUpload(key, uploadId, [part, unsent]));
    await backend.abortUpload(key, uploadId);
    await backend.abortUpload(key, uploadId);
    await rejectsWith("not-found", backend.putPart(key, uploadId, 1, sampleBytes(10), 10));
    await rejectsWith("not-found", backend.completeUpload(key, uploadId, [part]));
    assert.equal(await backend.head(key), undefined);
  },

  "all uploads of a key are aborted, and no other's": async (backend, prefix) => {
    const key = keyOf(`${prefix}ended&+ ü`);
    const longer = keyOf(`${prefix}ended&+ ü/2`);
    const [first, second] = [await backend.createUpload(key), await backend.createUpload(key)];
    const other = await backend.createUpload(longer);
    await backend.putPart(key, second, 1, sampleBytes(10), 10);
    await backend.abortUploads(key);
    await backend.abortUploads(key);
    for (const uploadId of [first, second]) {
      await rejectsWith("not-found", backend.putPart(key, uploadId, 1, sampleBytes(10), 10));
    }
    await backend.putPart(longer, other, 1, sampleBytes(10), 10);
    await backend.abortUpload(longer, other);
  },

  "an abort of the signal ends a call with its reason": async (backend, prefix) => {
    const key = keyOf(`${prefix}aborted`);
    const reason = new Error("the client went away");
    const passes = (call: Promise<unknown>) => assert.rejects(call, (error) => error === reason);
    await passes(backend.put(key, sampleBytes(10), 10, { signal: AbortSignal.abort(reason) }));
    await passes(backend.get(key, undefined, { signal: AbortSignal.abort(reason) }));
    for (const size of [MIB, undefined]) {
      const stop = new AbortController();
      const endless = async function* () {
        while (true) {
          yield sampleBytes(64 * 1024);
          stop.abort(reason);
        }
      };
      await passes(backend.put(key, endless(), size, { signal: stop.signal }));
      assert.equal(await backend.head(key), undefined);
    }
  },

  "a download can be left early": async (backend, prefix) => {
    const key = keyOf(`${prefix}left`);
    const bytes = sampleBytes(3 * MIB);
    await backend.put(key, bytes, bytes.length);
    for (let round = 0; round < 5; round++) {
      const stream = await backend.get(key);
      const reader = stream.getReader();
      assert((await reader.read()).value);
      await reader.cancel();
      await (await backend.get(key)).cancel();
    }
    const stop = new AbortController();
    const stream = await backend.get(key, undefined, { signal: stop.signal });
    stop.abort(new Error("enough"));
    await assert.rejects(readAll(stream));
    assert.equal(md5(await readAll(await backend.get(key))), md5(bytes));
  },

  "calls run side by side": async (backend, prefix) => {
    const indices = Array.from({ length: 40 }, (_, index) => index);
    await Promise.all(indices.map(async (index) => {
      const key = keyOf(`${prefix}${index}`);
      const bytes = sampleBytes(1_000 + index * 10_000, index);
      const content = index % 2 === 0 ? bytes : streamed(bytes);
      await backend.put(key, content, index % 3 === 0 ? undefined : bytes.length);
      assert.equal(md5(await readAll(await backend.get(key))), md5(bytes));
    }));
  },

  "a check passes": (backend) => backend.check(),
};

function byBytes(a: string, b: string): number {
  const encoder = new TextEncoder();
  const [left, right] = [encoder.encode(a), encoder.encode(b)];
  for (let at = 0; at < left.length && at < right.length; at++) {
    if (left[at] !== right[at]) return left[at] - right[at];
  }
  return left.length - right.length;
}

async function inTurns<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  for (let at = 0; at < items.length; at += 32) {
    await Promise.all(items.slice(at, at + 32).map(work));
  }
}
