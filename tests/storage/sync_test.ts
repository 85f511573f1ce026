import assert from "node:assert/strict";
import type { Backend, BackendKey } from "../../src/backends/backend.ts";
import { readQuotas } from "../../src/metadata/quotas.ts";
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
