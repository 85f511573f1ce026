import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { type Backend, BackendError } from "../../src/backends/backend.ts";
import { readQuotas } from "../../src/metadata/quotas.ts";
import { Background } from "../../src/storage/background.ts";
import type { Sql } from "../../src/metadata/sql.ts";
import { StorageError } from "../../src/storage/storage_error.ts";
import { openStorage, overriding, read, uploadOf, write } from "../harness/storage.ts";

const bytes = (n: number) => new Uint8Array(randomBytes(n));

async function heldKeys(backend: Backend): Promise<string[]> {
  const keys: string[] = [];
  for await (const page of backend.list("")) keys.push(...page.map((held) => held.key));
  return keys;
}

async function quota(sql: Sql, name = "disk0") {
  const found = (await readQuotas(sql)).find((q) => q.backend === name);
  assert(found);
  return found;
}

function failsWith(code: string) {
  return (error: unknown) => error instanceof StorageError && error.code === code;
}

const NEVER = 3_600_000;
const schedule = {
  sweepInterval: NEVER,
  intentMaxAge: 0,
  deletionInterval: NEVER,
  cleanupInterval: NEVER,
  multipartMaxAge: 0,
};

Deno.test("an object reads back as it was written, and counts against its backend", async () => {
  await using fixture = await openStorage();
  const body = bytes(300_000);
  const object = await fixture.storage.putObject(write("a b/ü", body, {
    headers: { contentType: "text/x", metadata: { k: "v" } },
    upload: uploadOf(body, { stream: true }),
  }));
  assert.match(object.etag, /^[0-9a-f]{32}$/);
  assert.deepEqual(await read(fixture.storage, "a b/ü"), body);
  const head = await fixture.storage.headObject("b", "a b/ü");
  assert.deepEqual(head, object);
  assert.deepEqual(head.headers, { contentType: "text/x", metadata: { k: "v" } });
  const { used, reserved, objects } = await quota(fixture.sql);
  assert.deepEqual({ used, reserved, objects }, { used: 300_000, reserved: 0, objects: 1 });
});

Deno.test("of many conditional writers of one key, over two processes, one wins and its bytes stay", async () => {
  await using fixture = await openStorage();
  const storages = [fixture.storage, await fixture.replica()];
  const bodies = Array.from({ length: 60 }, () => bytes(64));
  const results = await Promise.allSettled(
    bodies.map((body, i) =>
      storages[i % 2]?.putObject(write("once", body, { condition: { kind: "absent" } }))
    ),
  );
  const winners = results.flatMap((result, i) => result.status === "fulfilled" ? [i] : []);
  assert.equal(winners.length, 1);
  for (const result of results) {
    if (result.status === "rejected") {
      assert(failsWith("PreconditionFailed")(result.reason), result.reason);
    }
  }
  assert.deepEqual(await read(fixture.storage, "once"), bodies[winners[0] ?? -1]);
  await fixture.storage.context.deletions.run(true);
  await storages[1]?.context.deletions.idle();
  await fixture.storage.context.deletions.idle();
  assert.equal((await heldKeys(fixture.backends[0] as Backend)).length, 1);
  const { used, reserved, objects } = await quota(fixture.sql);
  assert.deepEqual({ used, reserved, objects }, { used: 64, reserved: 0, objects: 1 });
});

Deno.test("If-Match replaces exactly the version it names", async () => {
  await using fixture = await openStorage();
  const { storage } = fixture;
  const first = await storage.putObject(write("k", bytes(10)));
  const matching = { condition: { kind: "match", etag: first.etag } } as const;
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, () => storage.putObject(write("k", bytes(10), matching))),
  );
  assert.equal(results.filter((result) => result.status === "fulfilled").length, 1);
  await assert.rejects(
    storage.putObject(write("absent", bytes(1), matching)),
    failsWith("NoSuchKey"),
  );
  await storage.putObject(write("k", bytes(10), { condition: { kind: "match", etag: "*" } }));
});

Deno.test("concurrent overwrites leave one object and, once deletions ran, one object's bytes", async () => {
  await using fixture = await openStorage();
  const { storage } = fixture;
  await Promise.all(Array.from({ length: 50 }, () => storage.putObject(write("k", bytes(100)))));
  await storage.context.deletions.idle();
  await storage.context.deletions.run(true);
  assert.equal((await heldKeys(fixture.backends[0] as Backend)).length, 1);
  const { used, reserved, objects } = await quota(fixture.sql);
  assert.deepEqual({ used, reserved, objects }, { used: 100, reserved: 0, objects: 1 });
});

Deno.test("a quota with room for 5 of 20 concurrent writes takes exactly 5", async () => {
  await using fixture = await openStorage({ quotas: [5_000] });
  const storages = [fixture.storage, await fixture.replica()];
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, i) => storages[i % 2]?.putObject(write(`k${i}`, bytes(1_000)))),
  );
  assert.equal(results.filter((result) => result.status === "fulfilled").length, 5);
  for (const result of results) {
    if (result.status === "rejected") assert(failsWith("InsufficientStorage")(result.reason));
  }
  const { used, reserved } = await quota(fixture.sql);
  assert.deepEqual({ used, reserved }, { used: 5_000, reserved: 0 });
});

Deno.test("room that a deletion is about to free is used before a write is refused", async () => {
  await using fixture = await openStorage({ quotas: [1_000] });
  await fixture.storage.putObject(write("a", bytes(900)));
  await fixture.storage.deleteObject("b", "a");
  await fixture.storage.putObject(write("b", bytes(900)));
  assert.equal((await quota(fixture.sql)).used, 900);
});

Deno.test("pack fills backends in their order, spread takes the least full", async () => {
  for (
    const [placement, expected] of [["pack", ["disk0", "disk0", "disk1"]], ["spread", [
      "disk0",
      "disk1",
      "disk1",
    ]]] as const
  ) {
    await using fixture = await openStorage({ quotas: [250, 1_000], placement });
    const placed = [];
    for (const key of ["a", "b", "c"]) {
      placed.push((await fixture.storage.putObject(write(key, bytes(100)))).backend);
    }
    assert.deepEqual(placed, expected);
  }
});

Deno.test("a write of unknown length reserves as it grows, and what is too long leaves nothing", async () => {
  await using fixture = await openStorage({ quotas: [20_000_000] });
  const { storage } = fixture;
  const body = bytes(12_000_000);
  await storage.putObject(write("a", body, {
    upload: uploadOf(body, { stream: true, size: undefined }),
  }));
  assert.deepEqual(await read(storage, "a"), body);
  await assert.rejects(
    storage.putObject(write("b", body, {
      upload: uploadOf(body, { stream: true, size: undefined }),
    })),
    failsWith("InsufficientStorage"),
  );
  await storage.context.deletions.idle();
  const { used, reserved } = await quota(fixture.sql);
  assert.deepEqual({ used, reserved }, { used: 12_000_000, reserved: 0 });
});

Deno.test("content that fails leaves no bytes, no row and no reservation", async () => {
  await using fixture = await openStorage();
  const fault = new Error("bad digest");
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield bytes(70_000);
    await Promise.resolve();
    throw fault;
  }
  const upload = { size: 100_000, content: broken(), digests: () => ({}) };
  await assert.rejects(fixture.storage.putObject(write("k", bytes(0), { upload })), fault);
  const { used, reserved, objects } = await quota(fixture.sql);
  assert.deepEqual({ used, reserved, objects }, { used: 0, reserved: 0, objects: 0 });
  assert.deepEqual(await heldKeys(fixture.backends[0] as Backend), []);
});

Deno.test("a backend that fails is passed over when the body can be sent again", async () => {
  const wrap = (backend: Backend): Backend =>
    backend.name === "disk0"
      ? overriding(backend, {
        put: () => Promise.reject(new BackendError("unavailable", "disk0", "is down")),
      })
      : backend;
  await using fixture = await openStorage({ quotas: [0, 0], wrap });
  const object = await fixture.storage.putObject(write("k", bytes(10)));
  assert.equal(object.backend, "disk1");
  await using alone = await openStorage({ quotas: [0], wrap });
  await assert.rejects(alone.storage.putObject(write("k", bytes(10))), failsWith("SlowDown"));
  await alone.storage.context.deletions.idle();
  const { used, reserved } = await quota(alone.sql);
  assert.deepEqual({ used, reserved }, { used: 0, reserved: 0 });
});

Deno.test("what a dead writer left is swept: bytes, reservation and intent", async () => {
  let stall: () => void = () => {};
  const stalled = new Promise<void>((resolve) => stall = resolve);
  let arrived: () => void = () => {};
  const stored = new Promise<void>((resolve) => arrived = resolve);
  const wrap = (backend: Backend): Backend =>
    overriding(backend, {
      put: async (...args: Parameters<Backend["put"]>) => {
        const result = await backend.put(...args);
        arrived();
        await stalled;
        return result;
      },
    });
  await using fixture = await openStorage({ wrap });
  const { storage } = fixture;
  const late = storage.putObject(write("k", bytes(1_000)));
  await stored;
  assert.equal((await quota(fixture.sql)).reserved, 1_000);
  await new Background(storage.context, schedule, (task, error) => {
    throw new Error(task, { cause: error });
  }).sweep();
  const { used, reserved, objects } = await quota(fixture.sql);
  assert.deepEqual({ used, reserved, objects }, { used: 0, reserved: 0, objects: 0 });
  assert.deepEqual(await heldKeys(fixture.backends[0] as Backend), []);
  stall();
  await assert.rejects(
    late,
    failsWith("SlowDown"),
    "a writer that was taken for dead cannot commit",
  );
  await assert.rejects(storage.headObject("b", "k"), failsWith("NoSuchKey"));
});

Deno.test("a write to a bucket that is gone fails with NoSuchBucket and leaves nothing", async () => {
  await using fixture = await openStorage();
  const { storage } = fixture;
  await storage.createBucket("gone", "o");
  const other = await fixture.replica();
  await storage.findBucket("gone");
  await other.deleteBucket("gone");
  await assert.rejects(
    storage.putObject(write("k", bytes(10), { bucket: "gone" })),
    failsWith("NoSuchBucket"),
  );
  await storage.context.deletions.idle();
  const { used, reserved } = await quota(fixture.sql);
  assert.deepEqual({ used, reserved }, { used: 0, reserved: 0 });
});

Deno.test("a bucket with objects or uploads cannot be deleted", async () => {
  await using fixture = await openStorage();
  const { storage } = fixture;
  await storage.createBucket("c", "o");
  await assert.rejects(storage.createBucket("c", "o"), failsWith("BucketAlreadyOwnedByYou"));
  await assert.rejects(storage.createBucket("c", "p"), failsWith("BucketAlreadyExists"));
  await storage.putObject(write("k", bytes(1), { bucket: "c" }));
  await assert.rejects(storage.deleteBucket("c"), failsWith("BucketNotEmpty"));
  await storage.deleteObject("c", "k");
  await storage.deleteBucket("c");
  await assert.rejects(storage.deleteBucket("c"), failsWith("NoSuchBucket"));
});

Deno.test("If-Match on a deletion keeps an object that is another", async () => {
  await using fixture = await openStorage();
  const { storage } = fixture;
  const { etag } = await storage.putObject(write("k", bytes(1)));
  await assert.rejects(storage.deleteObject("b", "k", "other"), failsWith("PreconditionFailed"));
  await storage.deleteObject("b", "k", etag);
  await assert.rejects(storage.deleteObject("b", "k", etag), failsWith("NoSuchKey"));
  await storage.deleteObject("b", "k");
});

Deno.test("a batch deletes what is there and reports only conditions that did not hold", async () => {
  await using fixture = await openStorage();
  const { storage } = fixture;
  const { etag } = await storage.putObject(write("a", bytes(1)));
  await storage.putObject(write("b", bytes(1)));
  const left = await storage.deleteObjects("b", [
    { key: "a", ifMatch: etag },
    { key: "b", ifMatch: "x" },
    { key: "c" },
    { key: "d", ifMatch: "x" },
  ]);
  assert.deepEqual(left.toSorted((x, y) => x.key < y.key ? -1 : 1), [
    { key: "b", code: "PreconditionFailed" },
    { key: "d", code: "NoSuchKey" },
  ]);
});
