import assert from "node:assert/strict";
import type { UploadProgress } from "../../src/objectstore/object_store.ts";
import { bytes, fault, MIB, noise, streamed, text } from "./bytes.ts";
import type { Case } from "./contract.ts";
import { beginUpload } from "./stores.ts";

const PART = 5 * MIB;

/** Uploads in parts. */
export const uploadCases: readonly Case[] = [
  ["a body of any length is stored in parts", async ({ store }) => {
    for (const size of [0, 1, PART, PART + 1, 3 * PART, 4 * PART + 17]) {
      const content = noise(size, 3);
      const reports: UploadProgress[] = [];
      const written = await store.multipartUpload("parts", streamed(content, 1_000_003), {
        partSize: PART,
        concurrency: 3,
        size,
        contentType: "video/mp4",
        metadata: { take: "1" },
        onProgress: (progress) => reports.push(progress),
      });
      const read = await store.getObject("parts");
      assert.deepEqual(new Uint8Array(read.bytes), content);
      assert.deepEqual([read.contentType, read.metadata], ["video/mp4", { take: "1" }]);
      assert.deepEqual(written, { etag: read.etag, size });
      assert.match(written.etag, new RegExp(`-${Math.max(1, Math.ceil(size / PART))}$`));
      const done = reports.map((report) => report.done);
      assert.deepEqual(done, done.toSorted((a, b) => a - b));
      assert.deepEqual([done[0], done.at(-1)], [0, size]);
      assert.ok(reports.every(({ total, uploadId }) => total === size && uploadId !== ""));
    }
  }],
  ["an upload holds one part more than are under way", async ({ store }) => {
    let [taken, done, most] = [0, 0, 0];
    async function* body() {
      for (let part = 0; part < 8 * 5; part++) {
        most = Math.max(most, taken - done);
        taken += MIB;
        yield new Uint8Array(MIB);
      }
    }
    await store.multipartUpload("bounded", body(), {
      partSize: PART,
      concurrency: 2,
      onProgress: (progress) => done = progress.done,
    });
    assert.equal(done, 40 * MIB);
    assert.ok(most <= 3 * PART, `${most / MIB} MiB were held`);
  }],
  ["an upload that is given up, or has another length, leaves nothing", async ({ store }) => {
    const stop = new AbortController();
    const reason = new Error("enough");
    const giveUp = store.multipartUpload("left", streamed(noise(12 * MIB)), {
      partSize: PART,
      signal: stop.signal,
      onProgress: ({ done }) => done > 0 && stop.abort(reason),
    });
    await assert.rejects(giveUp, (error) => error === reason);
    const wrong = store.multipartUpload("left", streamed(noise(6 * MIB)), { size: 7 * MIB });
    await assert.rejects(wrong, fault("Refused", "IncompleteBody"));
    for (const options of [{ partSize: MIB }, { concurrency: 0 }, { concurrency: 1.5 }]) {
      const impossible = store.multipartUpload("left", streamed(noise(MIB)), options);
      await assert.rejects(impossible, fault("Refused"));
    }
    assert.equal(await store.objectExists("left"), false);
    assert.equal(await store.abortMultipartUploads("left"), 0);
  }],
  ["an upload goes on where it was broken off", async ({ running, store }) => {
    const uploadId = await beginUpload(running, "resumed");
    const content = noise(3 * PART + 5, 4);
    const broken = new Error("the line is cut");
    async function* brokenOff() {
      yield content.subarray(0, 2 * PART + 1);
      throw broken;
    }
    const first = store.multipartUpload("resumed", brokenOff(), { uploadId, partSize: PART });
    await assert.rejects(first, (error) => error === broken);
    const reports: number[] = [];
    const changed = content.slice();
    changed[PART + 9] ^= 1;
    const written = await store.multipartUpload("resumed", streamed(changed), {
      uploadId,
      partSize: PART,
      concurrency: 1,
      onProgress: ({ done }) => reports.push(done),
    });
    assert.deepEqual(reports, [0, PART, 2 * PART, 3 * PART, 3 * PART + 5]);
    assert.deepEqual(new Uint8Array((await store.getObject("resumed")).bytes), changed);
    assert.equal(written.size, changed.length);
  }],
  ["an upload that is not there cannot go on", async ({ running, store }) => {
    const uploadId = await beginUpload(running, "ended");
    assert.equal(await store.abortMultipartUploads("ended"), 1);
    const late = store.multipartUpload("ended", streamed(noise(10)), { uploadId });
    await assert.rejects(late, fault("NotFound", "NoSuchUpload"));
  }],
  ["the condition of an upload counts when it is completed", async ({ store }) => {
    const unmet = fault("PreconditionFailed");
    const upload = (condition: { ifAbsent?: boolean; ifMatch?: string }, content: string) =>
      store.multipartUpload("conditional", streamed(bytes(content)), condition);
    const first = await upload({ ifAbsent: true }, "first");
    await assert.rejects(upload({ ifAbsent: true }, "again"), unmet);
    await upload({ ifMatch: first.etag }, "second");
    await assert.rejects(upload({ ifMatch: first.etag }, "third"), unmet);
    assert.equal(text((await store.getObject("conditional")).bytes), "second");
    assert.equal(await store.abortMultipartUploads("conditional"), 0);
  }],
  ["the uploads of one key are aborted, and no others", async ({ running, store }) => {
    await beginUpload(running, "abort");
    await beginUpload(running, "abort");
    const other = await beginUpload(running, "abort/other");
    assert.equal(await store.abortMultipartUploads("abort"), 2);
    assert.equal(await store.abortMultipartUploads("abort"), 0);
    await store.multipartUpload("abort/other", streamed(bytes("x")), { uploadId: other });
  }],
];
