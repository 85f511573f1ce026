import assert from "node:assert/strict";
import { DiskBackend } from "../../src/backends/disk.ts";
import { observe, type Observer } from "../../src/backends/observed.ts";
import { keyOf, readAll, rejectsWith, sampleBytes } from "./contract.ts";

Deno.test("observe makes every call through the observer, and changes none", async () => {
  const directory = await Deno.makeTempDir();
  const calls: string[] = [];
  const observer: Observer = {
    async call(operation, backend, run) {
      const outcome = await run().then(
        (value) => ({ ok: true, value }) as const,
        (error) => ({ ok: false, error }) as const,
      );
      calls.push(`${backend} ${operation} ${outcome.ok ? "ok" : "failed"}`);
      if (outcome.ok) return outcome.value;
      throw outcome.error;
    },
  };
  const backend = observe(new DiskBackend("disk", directory), observer);
  const [key, other] = [keyOf("a"), keyOf("b")];
  await backend.check();
  await backend.put(key, sampleBytes(10), 10);
  assert.deepEqual(await readAll(await backend.get(key)), sampleBytes(10));
  await rejectsWith("not-found", backend.get(other));
  assert.equal((await backend.head(key))?.size, 10);
  await backend.copy(key, other, 10);
  assert.deepEqual((await Array.fromAsync(backend.list(""))).flat().length, 2);
  const uploadId = await backend.createUpload(other);
  const { etag } = await backend.putPart(other, uploadId, 1, sampleBytes(5), 5);
  await backend.copyPart(key, { start: 0, end: 1 }, other, uploadId, 2);
  await backend.completeUpload(other, uploadId, [{ partNumber: 1, etag }]);
  await backend.abortUpload(other, uploadId);
  assert.deepEqual(await backend.delete([key, other]), []);
  await backend.close();
  await Deno.remove(directory, { recursive: true });
  assert.deepEqual(calls, [
    "disk PutObject ok",
    "disk GetObject ok",
    "disk GetObject failed",
    "disk HeadObject ok",
    "disk CopyObject ok",
    "disk ListObjectsV2 ok",
    "disk ListObjectsV2 ok",
    "disk CreateMultipartUpload ok",
    "disk UploadPart ok",
    "disk UploadPartCopy ok",
    "disk CompleteMultipartUpload ok",
    "disk AbortMultipartUpload ok",
    "disk DeleteObject ok",
  ]);
});
