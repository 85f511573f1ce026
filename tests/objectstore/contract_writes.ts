import assert from "node:assert/strict";
import type { ObjectDescription } from "../../src/objectstore/object_store.ts";
import { bytes, fault, MIB, noise, streamed, text } from "./bytes.ts";
import type { Case } from "./contract.ts";

/** Keys of any form. */
const KEYS = [
  "plain",
  "with space+plus",
  "a/../b",
  "a/%2e%2e/b",
  "%2e",
  "./here",
  "there/.",
  "..",
  "a//b",
  "/leading",
  "trailing/",
  "back\\slash",
  "ask?this#now&then=x",
  "tab\tline\nreturn\rend",
  "bell\x07",
  "Grüße/日本/😀",
  "<&>'\"",
  "__proto__",
  "k".repeat(200),
];

/** Writing in one piece. */
export const writeCases: readonly Case[] = [
  ["bytes come back as they were, with what was said of them", async ({ store }) => {
    for (const size of [0, 1, 65_536, 3 * MIB + 7]) {
      const content = noise(size);
      const written = await store.putObject(`sizes/${size}`, content, {
        contentType: "text/plain; charset=utf-8",
        contentDisposition: `attachment; filename="a b.txt"`,
        cacheControl: "no-store",
        contentEncoding: "gzip",
        contentLanguage: "de",
        metadata: { "decision-id": "d-1", sha256: "00 ff" },
      });
      const { bytes: read, lastModified, ...object } = await store.getObject(`sizes/${size}`);
      assert.deepEqual(new Uint8Array(read), content);
      assert.ok(Math.abs(Date.now() - lastModified.getTime()) < 60_000);
      assert.deepEqual(object, {
        key: `sizes/${size}`,
        size,
        etag: written.etag,
        contentType: "text/plain; charset=utf-8",
        contentDisposition: `attachment; filename="a b.txt"`,
        cacheControl: "no-store",
        contentEncoding: "gzip",
        contentLanguage: "de",
        metadata: { "decision-id": "d-1", sha256: "00 ff" },
      });
      assert.equal(written.size, size);
    }
  }],
  ["nothing is said of an object of which nothing was said", async ({ store }) => {
    await store.putObject("undescribed", bytes("x"));
    const { contentType, metadata } = await store.getObjectMetadata("undescribed");
    assert.deepEqual([contentType, metadata], ["application/octet-stream", {}]);
  }],
  ["keys of any form name objects of their own", async ({ kind, store }) => {
    const kept = KEYS.filter((key) => !kind.refusedKeys.has(key) && !kind.alteredKeys.has(key));
    for (const key of kept) await store.putObject(key, bytes(`at ${key}`));
    for (const key of kept) {
      assert.equal(text((await store.getObject(key)).bytes), `at ${key}`, JSON.stringify(key));
    }
    const listed = new Set<string>();
    for await (const entry of store.listObjects()) {
      if (entry.kind === "object") listed.add(entry.key);
    }
    assert.deepEqual(kept.filter((key) => !listed.has(key)), []);
    assert.deepEqual(await store.deleteObjects(kept), { deleted: kept.length, errors: [] });
    for (const key of kept) assert.equal(await store.objectExists(key), false, JSON.stringify(key));
    for (const key of kind.refusedKeys) {
      await assert.rejects(store.putObject(key, bytes("x")), fault("Refused"), JSON.stringify(key));
    }
  }],
  ["what cannot be a key, or be said of an object, is refused", async ({ store }) => {
    const keys = ["", "nul\0", "\ud800", "k".repeat(1_025), "ü".repeat(513)];
    for (const key of keys) {
      await assert.rejects(store.putObject(key, bytes("x")), fault("Refused"));
      await assert.rejects(store.getObject(key), fault("Refused"));
      await assert.rejects(store.deleteObject(key), fault("Refused"));
    }
    const descriptions: readonly ObjectDescription[] = [
      { contentType: "text/plain\r\nx-evil: 1" },
      { contentDisposition: "attachment; filename=ü" },
      { cacheControl: " no-store" },
      { metadata: { Upper: "x" } },
      { metadata: { "no name": "x" } },
      { metadata: { name: "line\nfeed" } },
      { metadata: { name: "ä" } },
      { metadata: { name: "x".repeat(2_100) } },
    ];
    for (const description of descriptions) {
      await assert.rejects(
        store.putObject("described", bytes("x"), description),
        fault("Refused"),
        JSON.stringify(description),
      );
    }
    assert.equal(await store.objectExists("described"), false);
  }],
  ["a stream is stored with the length that it has", async ({ store }) => {
    for (const size of [0, 10, 256 * 1_024, 256 * 1_024 + 1, 9 * MIB]) {
      const content = noise(size, 2);
      await store.putObject("stream", { stream: streamed(content), size }, { ifAbsent: false });
      assert.deepEqual(new Uint8Array((await store.getObject("stream")).bytes), content);
    }
  }],
  ["a stream of another length than it says is not stored", async ({ store }) => {
    for (const size of [100, MIB]) {
      for (const length of [size - 1, size + 1]) {
        const stream = streamed(noise(length));
        await assert.rejects(
          store.putObject("wrong length", { stream, size }),
          fault("Refused", "IncompleteBody"),
        );
      }
    }
    assert.equal(await store.objectExists("wrong length"), false);
  }],
  ["what a stream throws comes out unchanged, and nothing is stored", async ({ store }) => {
    const broken = new Error("the disk is gone");
    async function* stream(before: number) {
      yield noise(before);
      throw broken;
    }
    const isBroken = (error: unknown) => error === broken;
    for (const size of [1_000, 2 * MIB]) {
      const body = { stream: stream(size / 2), size };
      await assert.rejects(store.putObject("broken", body), isBroken);
    }
    await assert.rejects(store.multipartUpload("broken", stream(6 * MIB)), isBroken);
    assert.equal(await store.objectExists("broken"), false);
    assert.equal(await store.abortMultipartUploads("broken"), 0);
  }],
  ["a write finds what its condition says, or is refused", async ({ store }) => {
    const unmet = fault("PreconditionFailed");
    const first = await store.putObject("once", bytes("first"), {
      ifAbsent: true,
      metadata: { by: "us" },
    });
    assert.deepEqual((await store.getObjectMetadata("once")).metadata, { by: "us" });
    await assert.rejects(store.putObject("once", bytes("again"), { ifAbsent: true }), unmet);
    await store.putObject("once", bytes("second"), { ifMatch: first.etag });
    const late = store.putObject("once", bytes("third"), { ifMatch: first.etag });
    await assert.rejects(late, unmet);
    assert.equal(text((await store.getObject("once")).bytes), "second");
    await assert.rejects(
      store.putObject("not there", bytes("x"), { ifMatch: first.etag }),
      fault("NotFound"),
    );
  }],
  ["one of many who write once wins", async ({ store }) => {
    const writes = Array.from(
      { length: 8 },
      (_, index) => store.putObject("contested", bytes(String(index)), { ifAbsent: true }),
    );
    const settled = await Promise.allSettled(writes);
    const won = settled.map(({ status }) => status === "fulfilled");
    assert.equal(won.filter(Boolean).length, 1);
    assert.equal(text((await store.getObject("contested")).bytes), String(won.indexOf(true)));
  }],
  ["somebody who has given up sends nothing, and hears the reason", async ({ store }) => {
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    const isReason = (error: unknown) => error === reason;
    await assert.rejects(store.putObject("given up", bytes("x"), { signal }), isReason);
    await assert.rejects(
      store.multipartUpload("given up", streamed(noise(MIB)), { signal }),
      isReason,
    );
    await assert.rejects(Array.fromAsync(store.listObjects({ signal })), isReason);
    async function* stalled(before: number) {
      yield noise(before);
      await new Promise(() => {});
    }
    for (const size of [1_000, 2 * MIB]) {
      const stop = new AbortController();
      setTimeout(() => stop.abort(reason), 50);
      const body = { stream: stalled(size / 2), size };
      await assert.rejects(store.putObject("given up", body, { signal: stop.signal }), isReason);
    }
    const late = AbortSignal.timeout(50);
    const upload = store.multipartUpload("given up", stalled(6 * MIB), { signal: late });
    await assert.rejects(upload, (error) => error === late.reason);
    const stop = new AbortController();
    async function* stream() {
      yield noise(MIB);
      stop.abort(reason);
      yield noise(MIB);
    }
    const body = { stream: stream(), size: 2 * MIB };
    await assert.rejects(store.putObject("given up", body, { signal: stop.signal }), isReason);
    assert.equal(await store.objectExists("given up"), false);
  }],
];
