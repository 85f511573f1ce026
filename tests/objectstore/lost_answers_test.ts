import assert from "node:assert/strict";
import { S3Store } from "../../src/objectstore/s3.ts";
import type { ObjectStore } from "../../src/objectstore/object_store.ts";
import { type Fate, lossyStore } from "../eventlog/objects/lossy_store.ts";
import { bytes, fault, noise, streamed, text } from "./bytes.ts";
import { beginUpload, putDirectly, QUICK, type RunningStore, SERVICE } from "./stores.ts";

/** Bytes of a part, and of a stream that is too large to be sent twice. */
const [SMALL, STREAM] = [100_000, 300_000];

/** Runs with a store behind a network that has these fates for requests of a kind, one after another. */
async function behind(
  kind: RegExp,
  fates: readonly Fate[],
  run: (
    store: ObjectStore,
    running: RunningStore,
    sent: () => readonly string[],
  ) => Promise<void>,
  bucket?: string,
): Promise<void> {
  await using running = await SERVICE.start();
  const left = [...fates];
  await using network = lossyStore(
    running.target,
    (request) => kind.test(request) ? left.shift() ?? "answered" : "answered",
  );
  await using store = new S3Store({
    bucket: bucket ?? running.bucket,
    endpoint: network.endpoint,
    credentials: running.target,
    retry: QUICK,
    readTimeout: 2_000,
  });
  await run(store, running, () => network.requests.filter((request) => kind.test(request)));
}

const FATES: readonly Fate[] = [
  "answer lost",
  "not answered",
  "answered with 500",
  "sent twice",
  "lost",
];

Deno.test("an object that was written though its answer did not come is known again", async () => {
  for (const fate of FATES) {
    await behind(/^PUT/, [fate], async (store) => {
      const { etag } = await store.putObject("once", bytes("ours"), {
        ifAbsent: true,
        metadata: { by: "us" },
      });
      const there = await store.getObject("once");
      assert.deepEqual([text(there.bytes), there.etag], ["ours", etag], fate);
      assert.deepEqual(there.metadata, { by: "us" });
      const again = await store.putObject("once", bytes("newer"), { ifMatch: etag });
      assert.equal(again.size, 5);
    });
  }
});

Deno.test("a stream that was written though its answer did not come is known again", async () => {
  await behind(/^PUT/, ["answer lost"], async (store, _running, sent) => {
    const stream = streamed(noise(STREAM));
    const written = await store.putObject("once", { stream, size: STREAM }, { ifAbsent: true });
    assert.equal((await store.getObjectMetadata("once")).etag, written.etag);
    assert.equal(sent().length, 1);
  });
});

Deno.test("an object that somebody else wrote is not taken for one's own, not even an equal one", async () => {
  for (const fate of FATES) {
    await behind(/^PUT/, [fate], async (store, running) => {
      await putDirectly(running, "once", "ours");
      await assert.rejects(
        store.putObject("once", bytes("ours"), { ifAbsent: true }),
        fault("PreconditionFailed"),
        fate,
      );
    });
  }
});

Deno.test("an upload that was completed though its answer did not come is known again", async () => {
  // A completion is waited for much longer than other answers.
  for (const fate of FATES.filter((fate) => fate !== "not answered")) {
    for (const ifAbsent of [true, false]) {
      await behind(/^POST.*uploadId=/, [fate], async (store) => {
        const content = noise(SMALL);
        const { etag } = await store.multipartUpload("once", streamed(content), { ifAbsent });
        assert.equal((await store.getObjectMetadata("once")).etag, etag, fate);
        assert.equal(await store.abortMultipartUploads("once"), 0);
      });
    }
  }
});

Deno.test("an upload that went on and was completed is known again by its parts", async () => {
  await behind(/^POST.*uploadId=/, ["answer lost"], async (store, running) => {
    const uploadId = await beginUpload(running, "once");
    const content = noise(SMALL);
    const options = { uploadId, ifAbsent: true };
    const { etag } = await store.multipartUpload("once", streamed(content), options);
    assert.equal((await store.getObjectMetadata("once")).etag, etag);
  });
});

Deno.test("a part whose answer did not come is sent again", async () => {
  await behind(/^PUT.*partNumber=/, ["answer lost", "lost"], async (store) => {
    const content = noise(SMALL);
    await store.multipartUpload("parts", streamed(content));
    assert.deepEqual(new Uint8Array((await store.getObject("parts")).bytes), content);
  });
});

Deno.test("an upload whose end cannot be reached is aborted once it can", async () => {
  await behind(/^(?:POST.*uploadId=)/, ["lost", "lost", "lost"], async (store) => {
    const upload = store.multipartUpload("left", streamed(noise(SMALL)));
    await assert.rejects(upload, fault("Unavailable"));
    assert.equal(await store.abortMultipartUploads("left"), 0);
    assert.equal(await store.objectExists("left"), false);
  });
});

Deno.test("a copy on a condition is known again as well", async () => {
  await behind(/^POST.*uploadId=/, ["answer lost"], async (store) => {
    await store.putObject("source", bytes("content"));
    await store.copyObject("source", "target", { ifAbsent: true });
    assert.equal(text((await store.getObject("target")).bytes), "content");
  });
});

Deno.test("a bucket that was made though its answer did not come is there", async () => {
  await behind(/^PUT/, ["answer lost"], async (store) => {
    await store.createBucketIfNotExists();
    assert.equal(await store.bucketExists(), true);
  }, "made-once");
});
