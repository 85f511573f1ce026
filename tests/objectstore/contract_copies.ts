import assert from "node:assert/strict";
import { bytes, fault, MIB, noise, streamed, text } from "./bytes.ts";
import type { Case } from "./contract.ts";

const DESCRIPTION = {
  contentType: "text/csv",
  contentDisposition: "inline",
  metadata: { origin: "here" },
};

/** Copying. */
export const copyCases: readonly Case[] = [
  ["a copy keeps what is said of its source, or is described anew", async ({ store }) => {
    await store.putObject("source", bytes("content"), DESCRIPTION);
    const kept = await store.copyObject("source", "copy + ü", { metadata: { not: "used" } });
    const keptCopy = await store.getObject("copy + ü");
    assert.equal(text(keptCopy.bytes), "content");
    assert.deepEqual(kept, { etag: keptCopy.etag, size: 7 });
    assert.deepEqual([keptCopy.contentType, keptCopy.metadata], ["text/csv", { origin: "here" }]);
    assert.equal(keptCopy.contentDisposition, "inline");
    await store.copyObject("source", "copy", {
      description: "replace",
      contentType: "text/plain",
      metadata: { other: "1" },
    });
    const anew = await store.getObjectMetadata("copy");
    assert.deepEqual([anew.contentType, anew.metadata], ["text/plain", { other: "1" }]);
    assert.equal(anew.contentDisposition, undefined);
    await store.copyObject("copy", "copy", { description: "replace", metadata: { self: "1" } });
    assert.deepEqual((await store.getObjectMetadata("copy")).metadata, { self: "1" });
  }],
  ["a copy is made on conditions", async ({ store }) => {
    const unmet = fault("PreconditionFailed");
    for (const content of ["", "content"]) {
      await store.deleteObjects(["target"]);
      const { etag } = await store.putObject("source", bytes(content), DESCRIPTION);
      const first = await store.copyObject("source", "target", { ifAbsent: true });
      const target = await store.getObject("target");
      assert.deepEqual([text(target.bytes), target.etag], [content, first.etag]);
      assert.deepEqual(target.metadata, DESCRIPTION.metadata);
      assert.equal(target.contentDisposition, "inline");
      await assert.rejects(store.copyObject("source", "target", { ifAbsent: true }), unmet);
      await store.copyObject("source", "target", { ifMatch: first.etag, sourceIfMatch: etag });
      const other = store.copyObject("source", "target", { sourceIfMatch: "0".repeat(32) });
      await assert.rejects(other, unmet);
    }
    assert.equal(await store.abortMultipartUploads("target"), 0);
  }],
  ["what is too large for one piece is copied in parts", async ({ running }) => {
    await using store = running.open({ copyLimit: 5 * MIB });
    const content = noise(12 * MIB + 3, 5);
    await store.multipartUpload("large", streamed(content), DESCRIPTION);
    const { etag, size } = await store.copyObject("large", "large copy");
    const copy = await store.getObject("large copy");
    assert.deepEqual(new Uint8Array(copy.bytes), content);
    assert.deepEqual([etag, size], [copy.etag, content.length]);
    assert.match(etag, /-3$/);
    assert.deepEqual([copy.contentType, copy.metadata], ["text/csv", { origin: "here" }]);
  }],
  ["a copy comes from another bucket", async ({ running, store }) => {
    const name = `other-${crypto.randomUUID()}`;
    await using other = running.open({ bucket: name });
    await other.createBucketIfNotExists();
    await store.putObject("far", bytes("from afar"));
    await other.copyObject("far", "near", { sourceBucket: running.bucket });
    assert.equal(text((await other.getObject("near")).bytes), "from afar");
    await other.deleteBucket({ force: true });
  }],
];
