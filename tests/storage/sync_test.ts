import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Backend, BackendKey } from "../../src/backends/backend.ts";
import { readQuotas } from "../../src/metadata/quotas.ts";
import type { WriteCondition } from "../../src/storage/model.ts";
import { StorageError } from "../../src/storage/storage_error.ts";
import { syncBackend, type SyncOptions } from "../../src/storage/sync.ts";
import { openStorage, overriding, read, type StorageFixture, write } from "../harness/storage.ts";

const content = (text: string) => new TextEncoder().encode(text);

async function hold(fixture: StorageFixture, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    // As another program would have put it there, past Holdfast.
    await fixture.backends[0]?.put(key as BackendKey, content(key), content(key).length);
  }
}

async function sync(fixture: StorageFixture, more: Partial<SyncOptions> = {}) {
  const [backend] = fixture.backends;
  assert(backend);
  let last;
  for await (
    const progress of syncBackend({
      sql: fixture.sql,
      backend,
      bucket: "b",
      prefix: "",
      dryRun: false,
      overQuota: false,
      ...more,
    })
  ) last = progress;
  return last;
}

Deno.test("what a backend holds gets rows, keeps its key, and counts; a second run finds nothing new", async () => {
  await using fixture = await openStorage();
  await hold(fixture, ["a", "dir/b", "dir/ü"]);
  const own = await fixture.storage.putObject(write("own", content("own")));
  assert.deepEqual(await sync(fixture, { dryRun: true }), {
    page: 1,
    imported: 3,
    skipped: 1,
    bytes: 12,
  });
  assert.equal((await readQuotas(fixture.sql))[0]?.used, 3);
  assert.deepEqual(await sync(fixture), { page: 1, imported: 3, skipped: 1, bytes: 12 });
  assert.deepEqual(await sync(fixture), { page: 1, imported: 0, skipped: 4, bytes: 0 });
  assert.deepEqual(await read(fixture.storage, "dir/ü"), content("dir/ü"));
  const imported = await fixture.storage.headObject("b", "a");
  assert.equal(imported.backendKey, "a");
  assert.equal((await readQuotas(fixture.sql))[0]?.used, own.size + 12);
  assert.equal((await readQuotas(fixture.sql))[0]?.objects, 4);
});

Deno.test("an imported object that is overwritten leaves its old bytes to the deletion queue", async () => {
  await using fixture = await openStorage();
  await hold(fixture, ["a"]);
  await sync(fixture);
  await fixture.storage.putObject(write("a", content("new")));
  await fixture.storage.context.deletions.idle();
  assert.deepEqual(await read(fixture.storage, "a"), content("new"));
  assert.equal(await fixture.backends[0]?.head("a" as BackendKey), undefined);
  assert.equal((await readQuotas(fixture.sql))[0]?.used, 3);
});

Deno.test("only keys under the prefix are imported", async () => {
  await using fixture = await openStorage();
  await hold(fixture, ["a", "dir/b"]);
  assert.deepEqual(await sync(fixture, { prefix: "dir/" }), {
    page: 1,
    imported: 1,
    skipped: 0,
    bytes: 5,
  });
});

Deno.test("a full quota stops the import where it is, and --over-quota goes on", async () => {
  await using fixture = await openStorage({ quotas: [5] });
  await hold(fixture, ["aa", "bb", "cc", "dd"]);
  await assert.rejects(
    sync(fixture),
    (error) => error instanceof StorageError && error.code === "InsufficientStorage",
  );
  assert.equal((await readQuotas(fixture.sql))[0]?.used, 4);
  assert.deepEqual(await sync(fixture, { overQuota: true }), {
    page: 1,
    imported: 2,
    skipped: 2,
    bytes: 4,
  });
  assert.equal((await readQuotas(fixture.sql))[0]?.used, 8);
});

Deno.test("an object that vanishes between listing and asking is left out", async () => {
  const wrap = (backend: Backend) =>
    overriding(backend, {
      head: (key, options) =>
        key === "gone" ? Promise.resolve(undefined) : backend.head(key, options),
    });
  await using fixture = await openStorage({ wrap });
  await hold(fixture, ["gone", "here"]);
  assert.deepEqual(await sync(fixture), { page: 1, imported: 1, skipped: 1, bytes: 4 });
});

Deno.test("two imports at once give the same bytes one row, whatever their buckets", async () => {
  let asked = 0;
  const { promise: both, resolve } = Promise.withResolvers<void>();
  const wrap = (backend: Backend) =>
    overriding(backend, {
      head: async (...args) => {
        if (++asked === 2) resolve();
        await both;
        return await backend.head(...args);
      },
    });
  await using fixture = await openStorage({ wrap });
  await fixture.storage.createBucket("c", "o");
  await hold(fixture, ["a"]);
  const results = await Promise.all([sync(fixture), sync(fixture, { bucket: "c" })]);
  assert.deepEqual(results.map((result) => result?.imported).toSorted(), [0, 1]);
  assert.equal((await readQuotas(fixture.sql))[0]?.used, 1);
});

Deno.test("a further copy that s3-proxy made is not imported: it would bring back what is deleted", async () => {
  await using fixture = await openStorage();
  await hold(fixture, ["copied", "other"]);
  await fixture.sql`INSERT INTO object_copies VALUES ('copied', 'disk0', 6, now())`;
  assert.equal((await sync(fixture))?.imported, 1);
});

Deno.test("a condition on an object of s3-proxy's meets the entity tag that its backend knows", async () => {
  await using fixture = await openStorage();
  const { storage, sql } = fixture;
  await hold(fixture, ["old"]);
  await sql`
    INSERT INTO object_locations (bucket, object_key, backend_name, backend_key, size_bytes, created_at)
    VALUES ('b', 'old', 'disk0', 'old', 3, now())`;
  await sql`UPDATE backend_quotas SET bytes_used = 3, objects_count = 1`;
  const etag = createHash("md5").update("old").digest("hex");
  const put = (condition: WriteCondition) =>
    storage.putObject(write("old", content("new"), { condition }));
  const precondition = (error: unknown) =>
    error instanceof StorageError && error.code === "PreconditionFailed";
  await assert.rejects(put({ kind: "absent" }), precondition);
  await assert.rejects(put({ kind: "match", etag: "0".repeat(32) }), precondition);
  await put({ kind: "match", etag });
  assert.deepEqual(await read(storage, "old"), content("new"));
});

Deno.test("If-Match deletes an object of s3-proxy's whose entity tag its row does not have yet", async () => {
  await using fixture = await openStorage();
  const { storage, sql } = fixture;
  const etag = createHash("md5").update("old").digest("hex");
  await hold(fixture, ["old"]);
  await sql`
    INSERT INTO object_locations (bucket, object_key, backend_name, backend_key, size_bytes, created_at)
    VALUES ('b', 'old', 'disk0', 'old', 3, now())`;
  await sql`UPDATE backend_quotas SET bytes_used = 3, objects_count = 1`;
  await assert.rejects(
    storage.deleteObject("b", "old", "0".repeat(32)),
    (error) => error instanceof StorageError && error.code === "PreconditionFailed",
  );
  await sql`UPDATE object_locations SET etag = NULL`;
  await storage.deleteObject("b", "old", etag);
  await storage.context.deletions.idle();
  assert.equal((await readQuotas(sql))[0]?.used, 0);
});
