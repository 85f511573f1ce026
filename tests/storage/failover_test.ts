import assert from "node:assert/strict";
import { type Backend, BackendError } from "../../src/backends/backend.ts";
import { sweepIntents } from "../../src/metadata/intents.ts";
import { readQuotas } from "../../src/metadata/quotas.ts";
import type { Sql } from "../../src/metadata/sql.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { StorageError } from "../../src/storage/storage_error.ts";
import { openStorage, overriding, read, uploadOf, write } from "../harness/storage.ts";

const bytes = (n: number) => new Uint8Array(n).fill(7);

function failsWith(code: string) {
  return (error: unknown) => error instanceof StorageError && error.code === code;
}

/** A backend of that name with methods that fail before they read anything. */
function failing(name: string, methods: readonly ("put" | "putPart" | "createUpload")[]) {
  const fail = (..._args: unknown[]) =>
    Promise.reject(new BackendError("unavailable", name, "is down"));
  const down = Object.fromEntries(methods.map((method) => [method, fail]));
  return (backend: Backend) => backend.name === name ? overriding(backend, down) : backend;
}

async function books(sql: Sql) {
  return (await readQuotas(sql)).map(({ used, reserved, objects }) => [used, reserved, objects]);
}

const begin = (storage: Storage, key: string) =>
  storage.createMultipartUpload({ bucket: "b", key, owner: "o", headers: { metadata: {} } });

Deno.test("spread passes a failing backend over, and books nothing for it", async () => {
  await using fixture = await openStorage({
    quotas: [1_000, 1_000],
    placement: "spread",
    wrap: failing("disk0", ["put"]),
  });
  const { storage, sql } = fixture;
  for (const key of ["a", "b", "c"]) {
    assert.equal((await storage.putObject(write(key, bytes(100)))).backend, "disk1");
  }
  await storage.context.deletions.idle();
  assert.deepEqual(await books(sql), [[0, 0, 0], [300, 0, 3]]);
});

Deno.test("a stream that the failing backend has not begun to read goes whole to the next", async () => {
  for (const size of [undefined, 300_000]) {
    await using fixture = await openStorage({ quotas: [0, 0], wrap: failing("disk0", ["put"]) });
    const { storage, sql } = fixture;
    const body = bytes(300_000);
    const upload = uploadOf(body, { stream: true, size });
    const object = await storage.putObject(write("k", body, { upload }));
    assert.equal(object.backend, "disk1");
    assert.deepEqual(await read(storage, "k"), body);
    await storage.context.deletions.idle();
    assert.deepEqual(await books(sql), [[0, 0, 0], [300_000, 0, 1]]);
  }
});

Deno.test("a stream that a failing backend closed unread goes whole to the next", async () => {
  const wrap = (backend: Backend) =>
    backend.name === "disk0"
      ? overriding(backend, {
        put: async (_key, content) => {
          if (!(content instanceof Uint8Array)) await content[Symbol.asyncIterator]().return?.();
          throw new BackendError("unavailable", "disk0", "is down");
        },
      })
      : backend;
  await using fixture = await openStorage({ quotas: [0, 0], wrap });
  const body = bytes(300_000);
  const upload = uploadOf(body, { stream: true });
  await fixture.storage.putObject(write("k", body, { upload }));
  assert.deepEqual(await read(fixture.storage, "k"), body);
});

Deno.test("a stream that was begun is not sent to another backend", async () => {
  const wrap = (backend: Backend) =>
    backend.name === "disk0"
      ? overriding(backend, {
        put: async (_key, content) => {
          if (!(content instanceof Uint8Array)) { for await (const _chunk of content) break; }
          throw new BackendError("unavailable", "disk0", "broke off");
        },
      })
      : backend;
  await using fixture = await openStorage({ quotas: [0, 0], wrap });
  const upload = uploadOf(bytes(300_000), { stream: true, size: undefined });
  await assert.rejects(
    fixture.storage.putObject(write("k", bytes(0), { upload })),
    failsWith("SlowDown"),
  );
  await fixture.storage.context.deletions.idle();
  assert.deepEqual(await books(fixture.sql), [[0, 0, 0], [0, 0, 0]]);
});

Deno.test("an upload in parts begins on the next backend when the first is down", async () => {
  await using fixture = await openStorage({
    quotas: [0, 0],
    wrap: failing("disk0", ["createUpload"]),
  });
  const { storage, sql } = fixture;
  const { uploadId } = await begin(storage, "k");
  const part = { bucket: "b", key: "k", uploadId, partNumber: 1, upload: uploadOf(bytes(10)) };
  await storage.uploadPart(part);
  await storage.context.deletions.idle();
  assert.deepEqual(await books(sql), [[0, 0, 0], [0, 10, 0]]);
  await using alone = await openStorage({ wrap: failing("disk0", ["createUpload"]) });
  await assert.rejects(begin(alone.storage, "k"), failsWith("SlowDown"));
});

Deno.test("an upload in parts ends no reader's grace while some backend has room", async () => {
  await using fixture = await openStorage({ quotas: [1_000] });
  const { storage, sql } = fixture;
  await sql`
    INSERT INTO deletion_queue (backend_name, backend_key, bytes, objects, not_before)
    VALUES ('disk0', 'b/old@v', 1, 0, now() + interval '1 hour')`;
  await sql`UPDATE backend_quotas SET bytes_used = 1`;
  await begin(storage, "k");
  const waiting = await sql`SELECT attempts FROM deletion_queue WHERE bytes > 0`;
  assert.deepEqual(waiting.map((row) => row.attempts), [0]);
});

Deno.test("a part that fails gives its reservation back, and its upload goes on", async () => {
  let down = true;
  const wrap = (backend: Backend) =>
    overriding(backend, {
      putPart: (...args) =>
        down
          ? Promise.reject(new BackendError("unavailable", "disk0", "is down"))
          : backend.putPart(...args),
    });
  await using fixture = await openStorage({ quotas: [100], wrap });
  const { storage, sql } = fixture;
  const { uploadId } = await begin(storage, "k");
  const part = () =>
    storage.uploadPart({
      bucket: "b",
      key: "k",
      uploadId,
      partNumber: 1,
      upload: uploadOf(bytes(100)),
    });
  await assert.rejects(part(), failsWith("SlowDown"));
  assert.deepEqual(await books(sql), [[0, 0, 0]]);
  down = false;
  await part();
  assert.deepEqual(await books(sql), [[0, 100, 0]]);
  // The part that it replaces counts until it is replaced.
  await assert.rejects(part(), failsWith("InsufficientStorage"));
  assert.deepEqual(await books(sql), [[0, 100, 0]]);
});

Deno.test("a claim whose holder died is swept, and the upload can be completed", async () => {
  await using fixture = await openStorage();
  const { storage, sql } = fixture;
  const place = { bucket: "b", key: "k" };
  const { uploadId } = await begin(storage, "k");
  const { etag } = await storage.uploadPart({
    ...place,
    uploadId,
    partNumber: 1,
    upload: uploadOf(bytes(10)),
  });
  await sql`
    INSERT INTO write_intents (id, kind, backend_name, backend_key, reserved)
    SELECT upload_id, 'claim', backend_name, backend_key, 0 FROM multipart_uploads`;
  const completed = storage.completeMultipartUpload({
    ...place,
    uploadId,
    parts: [{ partNumber: 1, etag }],
    condition: { kind: "none" },
  });
  assert.equal(await sweepIntents(sql, 0), 1);
  await completed;
  await storage.context.deletions.run(true);
  assert.deepEqual(await read(storage, "k"), bytes(10));
  assert.deepEqual(await books(sql), [[10, 0, 1]]);
});

Deno.test("a quota that was lowered below its use takes nothing more, and loses nothing", async () => {
  await using fixture = await openStorage({ quotas: [1_000] });
  const { storage, sql } = fixture;
  await storage.putObject(write("k", bytes(800)));
  await sql`UPDATE backend_quotas SET bytes_limit = 500`;
  await assert.rejects(storage.putObject(write("l", bytes(1))), failsWith("InsufficientStorage"));
  await assert.rejects(begin(storage, "m"), failsWith("InsufficientStorage"));
  assert.deepEqual(await read(storage, "k"), bytes(800));
  await storage.deleteObject("b", "k");
  await storage.putObject(write("l", bytes(500)));
  assert.deepEqual(await books(sql), [[500, 0, 1]]);
});

Deno.test("a copy that its backend refuses to make is read and written instead", async () => {
  const wrap = (backend: Backend) =>
    overriding(backend, {
      copy: () => Promise.reject(new BackendError("rejected", "disk0", "501 NotImplemented")),
    });
  await using fixture = await openStorage({ wrap });
  const { storage, sql } = fixture;
  const source = await storage.putObject(write("source", bytes(1_000)));
  const copy = { source, bucket: "b", key: "copy", owner: "o", headers: { metadata: {} } };
  await storage.copyObject({ ...copy, condition: { kind: "none" } });
  assert.deepEqual(await read(storage, "copy"), bytes(1_000));
  await storage.context.deletions.idle();
  assert.deepEqual(await books(sql), [[2_000, 0, 2]]);
});
