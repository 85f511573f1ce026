import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import type { Backend } from "../../src/backends/backend.ts";
import { readQuotas } from "../../src/metadata/quotas.ts";
import type { Sql } from "../../src/metadata/sql.ts";
import { Background } from "../../src/storage/background.ts";
import type { MultipartPart, MultipartUpload } from "../../src/storage/model.ts";
import type { CompleteMultipartUpload } from "../../src/storage/requests.ts";
import { Storage } from "../../src/storage/storage.ts";
import { StorageError } from "../../src/storage/storage_error.ts";
import { openStorage, overriding, read, uploadOf, write } from "../harness/storage.ts";

const MIB = 1024 ** 2;
const bytes = (n: number) => new Uint8Array(randomBytes(n));
const begin = (storage: Storage, key = "k") =>
  storage.createMultipartUpload({ bucket: "b", key, owner: "o", headers: { metadata: {} } });
const send = (
  { uploadId, key }: MultipartUpload,
  storage: Storage,
  partNumber: number,
  body: Uint8Array,
) => storage.uploadPart({ bucket: "b", key, uploadId, partNumber, upload: uploadOf(body) });

function completion(
  { uploadId, key }: MultipartUpload,
  parts: readonly MultipartPart[],
  more: Partial<CompleteMultipartUpload> = {},
): CompleteMultipartUpload {
  return {
    bucket: "b",
    key,
    uploadId,
    parts: parts.map(({ partNumber, etag }) => ({ partNumber, etag })),
    condition: { kind: "none" },
    ...more,
  };
}

function failsWith(code: string) {
  return (error: unknown) => error instanceof StorageError && error.code === code;
}

async function quota(sql: Sql) {
  const [found] = await readQuotas(sql);
  assert(found);
  const { used, reserved, objects, activeUploads } = found;
  return { used, reserved, objects, activeUploads };
}

async function heldKeys(backend: Backend | undefined): Promise<string[]> {
  assert(backend);
  const keys: string[] = [];
  for await (const page of backend.list("")) keys.push(...page.map((held) => held.key));
  return keys;
}

Deno.test("parts in any order, one sent twice, make the object in order of their numbers", async () => {
  await using fixture = await openStorage();
  const { storage } = fixture;
  const [first, old, second, last] = [bytes(5 * MIB), bytes(6 * MIB), bytes(5 * MIB), bytes(10)];
  assert(first && old && second && last);
  const upload = await begin(storage);
  const three = await send(upload, storage, 7, last);
  await send(upload, storage, 2, old);
  const one = await send(upload, storage, 1, first);
  const two = await send(upload, storage, 2, second);
  assert.equal((await quota(fixture.sql)).reserved, 10 * MIB + 10);
  const object = await storage.completeMultipartUpload(completion(upload, [one, two, three]));
  const md5s = Buffer.concat([one, two, three].map((part) => Buffer.from(part.etag, "hex")));
  assert.equal(object.etag, createHash("md5").update(md5s).digest("hex") + "-3");
  const whole = new Uint8Array(Buffer.concat([first, second, last]));
  assert.deepEqual(await read(storage, "k"), whole);
  assert.deepEqual((await storage.objectParts(object)).map((part) => part.partNumber), [1, 2, 7]);
  const again = await storage.completeMultipartUpload(completion(upload, [one, two, three]));
  assert.equal(again.version, object.version, "completing twice answers the same");
  assert.deepEqual(await quota(fixture.sql), {
    used: whole.length,
    reserved: 0,
    objects: 1,
    activeUploads: 0,
  });
});

Deno.test("a part that is sent again frees the bytes of the one before, unless they are the same", async () => {
  const forgotten: string[] = [];
  const wrap = (backend: Backend) =>
    overriding(backend, {
      forgetPart: (...args) => {
        forgotten.push(args[3]);
        return backend.forgetPart(...args);
      },
    });
  await using fixture = await openStorage({ wrap });
  const { storage } = fixture;
  const upload = await begin(storage);
  const body = bytes(100);
  const first = await send(upload, storage, 1, bytes(200));
  await send(upload, storage, 1, body);
  const last = await send(upload, storage, 1, body);
  assert.deepEqual(forgotten, [first.etag]);
  assert.equal((await quota(fixture.sql)).reserved, 100);
  await storage.completeMultipartUpload(completion(upload, [last]));
  assert.deepEqual(await read(storage, "k"), body);
});

Deno.test("what watches operations is told the backend of a part", async () => {
  await using fixture = await openStorage();
  const seen: string[] = [];
  const storage = new Storage({
    sql: fixture.sql,
    backends: fixture.backends,
    placement: "pack",
    grace: 0,
    observer: {
      async call(operation, run) {
        const at = { backend: "" };
        const result = await run(at);
        seen.push(`${operation} ${at.backend}`);
        return result;
      },
    },
  });
  await send(await begin(storage), storage, 1, bytes(10));
  assert.deepEqual(seen, ["CreateMultipartUpload disk0", "UploadPart disk0"]);
});

Deno.test("faults of a completion leave the upload as it was", async () => {
  await using fixture = await openStorage();
  const { storage } = fixture;
  const upload = await begin(storage);
  const one = await send(upload, storage, 1, bytes(100));
  const two = await send(upload, storage, 2, bytes(100));
  const table: [string, CompleteMultipartUpload][] = [
    ["EntityTooSmall", completion(upload, [one, two])],
    ["InvalidPartOrder", completion(upload, [two, one])],
    ["InvalidPartOrder", completion(upload, [one, one])],
    ["InvalidPart", completion(upload, [{ ...one, etag: two.etag }])],
    ["InvalidPart", completion(upload, [{ ...one, partNumber: 3 }])],
    ["InvalidRequest", completion(upload, [one], { expectedSize: 99 })],
    [
      "InvalidRequest",
      completion(upload, [one], { checksum: { algorithm: "CRC32", value: "AAAAAA==" } }),
    ],
    ["NoSuchKey", completion(upload, [one], { condition: { kind: "match", etag: "x" } })],
    ["NoSuchUpload", completion({ ...upload, uploadId: "x" }, [one])],
    ["NoSuchUpload", completion({ ...upload, key: "other" }, [one])],
  ];
  for (const [code, fault] of table) {
    await assert.rejects(storage.completeMultipartUpload(fault), failsWith(code), code);
  }
  await storage.completeMultipartUpload(completion(upload, [one]));
  await storage.context.deletions.idle();
  assert.deepEqual(await quota(fixture.sql), {
    used: 100,
    reserved: 0,
    objects: 1,
    activeUploads: 0,
  });
});

Deno.test("of an abort and a completion at once, either the object is there or nothing is", async () => {
  await using fixture = await openStorage();
  const storages = [fixture.storage, await fixture.replica()] as const;
  for (let round = 0; round < 10; round++) {
    const upload = await begin(storages[0], `k${round}`);
    const part = await send(upload, storages[0], 1, bytes(100));
    const [completed, aborted] = await Promise.allSettled([
      storages[round % 2 as 0 | 1].completeMultipartUpload(completion(upload, [part])),
      storages[1].abortMultipartUpload("b", upload.key, upload.uploadId),
    ]);
    assert.notEqual(completed.status, aborted.status);
    for (const outcome of [completed, aborted]) {
      if (outcome.status === "rejected") {
        assert(failsWith("NoSuchUpload")(outcome.reason), outcome.reason);
      }
    }
    const there = await storages[0].headObject("b", upload.key).then(() => true, () => false);
    assert.equal(there, completed.status === "fulfilled");
  }
  for (const storage of storages) await storage.context.deletions.idle();
  await storages[0].context.deletions.run(true);
  const { reserved, used, objects } = await quota(fixture.sql);
  assert.deepEqual({ reserved, used }, { reserved: 0, used: objects * 100 });
  assert.equal((await heldKeys(fixture.backends[0])).length, objects);
});

Deno.test("of many completions that race under If-None-Match, one makes the object", async () => {
  await using fixture = await openStorage();
  const { storage } = fixture;
  const uploads = await Promise.all(Array.from({ length: 8 }, () => begin(storage)));
  const parts = await Promise.all(uploads.map((upload) => send(upload, storage, 1, bytes(100))));
  const results = await Promise.allSettled(uploads.map((upload, i) => {
    const part = parts[i];
    assert(part);
    return storage.completeMultipartUpload(
      completion(upload, [part], { condition: { kind: "absent" } }),
    );
  }));
  assert.equal(results.filter((result) => result.status === "fulfilled").length, 1);
  for (const upload of uploads) {
    await storage.abortMultipartUpload("b", "k", upload.uploadId).catch((error) => {
      assert(failsWith("NoSuchUpload")(error));
    });
  }
  await storage.context.deletions.idle();
  await storage.context.deletions.run(true);
  assert.deepEqual(await quota(fixture.sql), {
    used: 100,
    reserved: 0,
    objects: 1,
    activeUploads: 0,
  });
  assert.equal((await heldKeys(fixture.backends[0])).length, 1);
});

Deno.test("a completion that died between backend and commit is finished by its repetition", async () => {
  let dies = true;
  const wrap = (backend: Backend) =>
    overriding(backend, {
      completeUpload: async (...args) => {
        const stored = await backend.completeUpload(...args);
        if (!dies) return stored;
        dies = false;
        throw new Error("the process dies here");
      },
    });
  await using fixture = await openStorage({ wrap });
  const { storage } = fixture;
  const upload = await begin(storage);
  const body = bytes(100);
  const part = await send(upload, storage, 1, body);
  await assert.rejects(storage.completeMultipartUpload(completion(upload, [part])), /dies here/);
  await storage.completeMultipartUpload(completion(upload, [part]));
  assert.deepEqual(await read(storage, "k"), body);
});

Deno.test("uploads that are too old are ended and their bytes freed", async () => {
  await using fixture = await openStorage();
  const { storage } = fixture;
  const upload = await begin(storage);
  await send(upload, storage, 1, bytes(100));
  const day = 3_600_000;
  const schedule = {
    sweepInterval: day,
    intentMaxAge: day,
    deletionInterval: day,
    cleanupInterval: day,
  };
  const fail = (task: string, error: unknown) => {
    throw new Error(task, { cause: error });
  };
  await new Background(storage.context, { ...schedule, multipartMaxAge: day }, fail)
    .endStaleUploads();
  assert.equal((await quota(fixture.sql)).activeUploads, 1);
  await new Background(storage.context, { ...schedule, multipartMaxAge: 0 }, fail)
    .endStaleUploads();
  assert.deepEqual(await quota(fixture.sql), {
    used: 0,
    reserved: 0,
    objects: 0,
    activeUploads: 0,
  });
  await assert.rejects(send(upload, storage, 2, bytes(1)), failsWith("NoSuchUpload"));
});

Deno.test("an upload that is being completed is not ended for its age", async () => {
  let proceed = () => {};
  const going = new Promise<void>((resolve) => proceed = resolve);
  let arrive = () => {};
  const atBackend = new Promise<void>((resolve) => arrive = resolve);
  const wrap = (backend: Backend) =>
    overriding(backend, {
      completeUpload: async (...args) => {
        arrive();
        await going;
        return await backend.completeUpload(...args);
      },
    });
  await using fixture = await openStorage({ wrap });
  const { storage } = fixture;
  const upload = await begin(storage);
  const part = await send(upload, storage, 1, bytes(100));
  const completing = storage.completeMultipartUpload(completion(upload, [part]));
  await atBackend;
  const hour = 3_600_000;
  const schedule = {
    sweepInterval: hour,
    intentMaxAge: hour,
    deletionInterval: hour,
    cleanupInterval: hour,
    multipartMaxAge: 0,
  };
  const fail = (task: string, error: unknown) => {
    throw new Error(task, { cause: error });
  };
  await new Background(storage.context, schedule, fail).endStaleUploads();
  proceed();
  const { key } = await completing;
  assert.equal((await read(storage, key)).length, 100);
  assert.deepEqual(await quota(fixture.sql), {
    used: 100,
    reserved: 0,
    objects: 1,
    activeUploads: 0,
  });
});

Deno.test("a full-object checksum is combined from the parts', a composite one made of them", async () => {
  await using fixture = await openStorage();
  const { storage } = fixture;
  const source = await storage.putObject(write("source", bytes(6 * MIB)));
  for (
    const [checksumAlgorithm, checksumType] of [
      ["CRC64NVME", "FULL_OBJECT"],
      ["CRC32", "FULL_OBJECT"],
      ["SHA256", "COMPOSITE"],
      ["CRC32C", "COMPOSITE"],
    ] as const
  ) {
    const upload = await storage.createMultipartUpload({
      bucket: "b",
      key: checksumAlgorithm,
      owner: "o",
      headers: { metadata: {} },
      checksumAlgorithm,
      checksumType,
    });
    const copy = (partNumber: number, range: { start: number; end: number }) =>
      storage.uploadPartCopy({
        source,
        range,
        bucket: "b",
        key: checksumAlgorithm,
        uploadId: upload.uploadId,
        partNumber,
      });
    const one = await copy(1, { start: 0, end: 5 * MIB - 1 });
    const two = await copy(2, { start: 5 * MIB, end: 6 * MIB - 1 });
    const object = await storage.completeMultipartUpload(completion(upload, [one, two]));
    assert.equal(object.checksum?.type, checksumType);
    if (checksumType === "COMPOSITE") assert.match(object.checksum?.value ?? "", /-2$/);
    else {
      const direct = await storage.copyObject({
        source,
        bucket: "b",
        key: "direct",
        owner: "o",
        headers: { metadata: {} },
        condition: { kind: "none" },
        checksumAlgorithm,
      });
      assert.equal(object.checksum?.value, direct.checksum?.value);
    }
    assert.deepEqual(await read(storage, checksumAlgorithm), await read(storage, "source"));
  }
});

Deno.test("uploads are listed by key and id, page by page, with common prefixes", async () => {
  await using fixture = await openStorage();
  const { storage } = fixture;
  for (const key of ["a/1", "a/2", "b", "b", "c/1", "d"]) await begin(storage, key);
  const names = async (list: { delimiter?: string; limit?: number; prefix?: string }) => {
    const found: string[] = [];
    let [keyMarker, uploadIdMarker] = ["", ""];
    for (;;) {
      const page = await storage.listMultipartUploads({
        bucket: "b",
        prefix: "",
        delimiter: "",
        limit: 1000,
        keyMarker,
        uploadIdMarker,
        ...list,
      });
      for (const entry of page.entries) {
        found.push(entry.kind === "upload" ? entry.upload.key : entry.prefix);
        keyMarker = found.at(-1) ?? "";
        uploadIdMarker = entry.kind === "upload" ? entry.upload.uploadId : "";
      }
      if (!page.truncated) return found;
    }
  };
  for (const limit of [1, 2, 3, 1000]) {
    assert.deepEqual(await names({ limit }), ["a/1", "a/2", "b", "b", "c/1", "d"]);
    assert.deepEqual(await names({ limit, delimiter: "/" }), ["a/", "b", "b", "c/", "d"]);
    assert.deepEqual(await names({ limit, prefix: "b" }), ["b", "b"]);
  }
});
