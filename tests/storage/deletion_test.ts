import assert from "node:assert/strict";
import { type Backend, BackendError, type BackendKey } from "../../src/backends/backend.ts";
import { abandonIntent } from "../../src/metadata/intents.ts";
import { readQuotas, reserve } from "../../src/metadata/quotas.ts";
import type { Sql } from "../../src/metadata/sql.ts";
import { Background } from "../../src/storage/background.ts";
import { StorageError } from "../../src/storage/storage_error.ts";
import { openStorage, overriding, read, uploadOf, write } from "../harness/storage.ts";

const bytes = (n: number) => new Uint8Array(n).fill(7);

function failsWith(code: string) {
  return (error: unknown) => error instanceof StorageError && error.code === code;
}

async function used(sql: Sql): Promise<Record<string, number>> {
  return Object.fromEntries((await readQuotas(sql)).map((q) => [q.backend, q.used]));
}

async function queued(sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`SELECT count(*) FROM deletion_queue`;
  return row?.count ?? 0;
}

Deno.test("a backend that does not answer a deletion holds up neither the other's nor a write", async () => {
  const { promise: never, resolve: end } = Promise.withResolvers<void>();
  const wrap = (backend: Backend) =>
    backend.name === "disk0"
      ? overriding(backend, {
        delete: async (keys) => {
          await never;
          return await backend.delete(keys);
        },
      })
      : backend;
  await using fixture = await openStorage({ quotas: [100, 200], wrap });
  const { storage, sql } = fixture;
  await storage.putObject(write("on disk0", bytes(100)));
  await storage.putObject(write("on disk1", bytes(200)));
  await storage.deleteObject("b", "on disk0");
  await storage.deleteObject("b", "on disk1");
  assert.equal((await storage.putObject(write("next", bytes(200)))).backend, "disk1");
  await assert.rejects(
    storage.putObject(write("too much", bytes(50))),
    failsWith("InsufficientStorage"),
  );
  assert.deepEqual(await used(sql), { disk0: 100, disk1: 200 });
  end();
  await storage.context.deletions.idle();
  assert.deepEqual(await used(sql), { disk0: 0, disk1: 200 });
});

Deno.test("an upload that cannot be aborted holds up no other deletion", async () => {
  const wrap = (backend: Backend) =>
    overriding(backend, {
      abortUpload: () => Promise.reject(new BackendError("rejected", backend.name, "may not")),
    });
  await using fixture = await openStorage({ wrap });
  const { storage, sql } = fixture;
  await storage.putObject(write("k", bytes(10)));
  const place = { bucket: "b", key: "parts" };
  const { uploadId } = await storage.createMultipartUpload({
    ...place,
    owner: "o",
    headers: { metadata: {} },
  });
  await storage.uploadPart({ ...place, uploadId, partNumber: 1, upload: uploadOf(bytes(5)) });
  // Both at once, and into one batch.
  await sql`
    WITH gone AS (DELETE FROM object_locations RETURNING backend_name, backend_key, size_bytes)
    INSERT INTO deletion_queue (backend_name, backend_key, bytes, objects)
    SELECT backend_name, backend_key, size_bytes, 1 FROM gone`;
  await storage.abortMultipartUpload("b", "parts", uploadId);
  await storage.context.deletions.idle();
  assert.deepEqual(await used(sql), { disk0: 5 });
  assert.equal(await queued(sql), 1);
});

Deno.test("an upload that a dead process had just begun on the backend is aborted with its intent", async () => {
  await using fixture = await openStorage();
  const { storage, sql, backends: [backend] } = fixture;
  assert(backend);
  const key = "b/k@w" as BackendKey;
  const other = "b/k@x" as BackendKey;
  const reservation = { kind: "object", bytes: 0, headroom: 0, backends: ["disk0"] } as const;
  await reserve(sql, { ...reservation, id: "w", backendKey: key, placement: "pack" });
  const lost = await backend.createUpload(key);
  const alive = await backend.createUpload(other);
  await sql`UPDATE write_intents SET touched_at = now() - interval '1 hour'`;
  const hour = 3_600_000;
  const schedule = {
    sweepInterval: hour,
    intentMaxAge: hour / 2,
    deletionInterval: hour,
    cleanupInterval: hour,
    multipartMaxAge: hour,
  };
  await new Background(storage.context, schedule, (task, error) => {
    throw new Error(task, { cause: error });
  }).sweep();
  assert.equal(await queued(sql), 0);
  await assert.rejects(
    backend.putPart(key, lost, 1, bytes(1), 1),
    (error) => error instanceof BackendError && error.kind === "not-found",
  );
  await backend.putPart(other, alive, 1, bytes(1), 1);
});

Deno.test("bytes that arrive after their write was given up are deleted once more", async () => {
  let arriveLate = async () => {};
  const wrap = (backend: Backend) =>
    overriding(backend, {
      put: (...args) => {
        arriveLate = async () => void await backend.put(...args);
        return Promise.reject(new BackendError("unavailable", backend.name, "no answer"));
      },
    });
  await using fixture = await openStorage({ wrap });
  const { storage, sql, backends: [backend] } = fixture;
  await assert.rejects(storage.putObject(write("k", bytes(10))), failsWith("SlowDown"));
  await storage.context.deletions.idle();
  assert.deepEqual(await used(sql), { disk0: 0 });
  await arriveLate();
  const [again] = await sql<{ backend_key: BackendKey }[]>`
    UPDATE deletion_queue SET not_before = now() RETURNING backend_key`;
  assert(again && await backend?.head(again.backend_key), "a second deletion waits");
  await storage.context.deletions.run();
  assert.equal(await backend?.head(again.backend_key), undefined);
  assert.equal(await queued(sql), 0);
  assert.deepEqual(await used(sql), { disk0: 0 });
});

Deno.test("bytes of a write that was called off are deleted once more", async () => {
  const stop = new AbortController();
  const wrap = (backend: Backend) =>
    overriding(backend, {
      copy: () => {
        stop.abort(new Error("nobody waits"));
        return Promise.reject(stop.signal.reason);
      },
    });
  await using fixture = await openStorage({ wrap });
  const { storage, sql } = fixture;
  const source = await storage.putObject(write("k", bytes(10)));
  const copy = { source, bucket: "b", key: "l", owner: "o", headers: { metadata: {} } };
  await assert.rejects(
    storage.copyObject({ ...copy, condition: { kind: "none" }, signal: stop.signal }),
    /nobody waits/,
  );
  await storage.context.deletions.idle();
  assert.deepEqual(await used(sql), { disk0: 10 });
  const waiting = await sql`SELECT bytes FROM deletion_queue WHERE not_before > now()`;
  assert.deepEqual(waiting.map((row) => row.bytes), [0]);
});

Deno.test("a part that arrives after its upload was aborted is not left behind", async () => {
  const { promise: go, resolve: proceed } = Promise.withResolvers<void>();
  const { promise: sent, resolve: arrive } = Promise.withResolvers<void>();
  const aborts: string[] = [];
  const wrap = (backend: Backend) =>
    overriding(backend, {
      putPart: async (...args) => {
        const stored = await backend.putPart(...args);
        arrive();
        await go;
        return stored;
      },
      abortUpload: (key, uploadId) => {
        aborts.push(uploadId);
        return backend.abortUpload(key, uploadId);
      },
    });
  await using fixture = await openStorage({ wrap });
  const { storage, sql } = fixture;
  const place = { bucket: "b", key: "k" };
  const { uploadId } = await storage.createMultipartUpload({
    ...place,
    owner: "o",
    headers: { metadata: {} },
  });
  const late = storage.uploadPart({
    ...place,
    uploadId,
    partNumber: 1,
    upload: uploadOf(bytes(10)),
  });
  await sent;
  await storage.abortMultipartUpload("b", "k", uploadId);
  await storage.context.deletions.idle();
  proceed();
  await assert.rejects(late, failsWith("NoSuchUpload"));
  await storage.context.deletions.run();
  assert.equal(aborts.length, 2, "aborted again once the part was there");
  assert.deepEqual(await used(sql), { disk0: 0 });
  assert.equal((await readQuotas(sql))[0]?.reserved, 0);
});

Deno.test("a part that arrives after its upload was completed takes nothing away", async () => {
  let stall = Promise.resolve();
  let arrive = () => {};
  const wrap = (backend: Backend) =>
    overriding(backend, {
      putPart: async (...args) => {
        const stored = await backend.putPart(...args);
        arrive();
        await stall;
        return stored;
      },
    });
  await using fixture = await openStorage({ wrap });
  const { storage, sql } = fixture;
  const place = { bucket: "b", key: "k" };
  const { uploadId } = await storage.createMultipartUpload({
    ...place,
    owner: "o",
    headers: { metadata: {} },
  });
  const part = (partNumber: number, size: number) =>
    storage.uploadPart({ ...place, uploadId, partNumber, upload: uploadOf(bytes(size)) });
  const { etag } = await part(1, 10);
  let resolve = () => {};
  stall = new Promise((done) => resolve = done);
  const sent = new Promise<void>((resolve) => arrive = resolve);
  const late = part(2, 20);
  await sent;
  await storage.completeMultipartUpload({
    ...place,
    uploadId,
    parts: [{ partNumber: 1, etag }],
    condition: { kind: "none" },
  });
  resolve();
  await assert.rejects(late, failsWith("NoSuchUpload"));
  await storage.context.deletions.run(true);
  assert.deepEqual(await read(storage, "k"), bytes(10));
  assert.deepEqual(await used(sql), { disk0: 10 });
  assert.equal((await readQuotas(sql))[0]?.reserved, 0);
});

Deno.test("of several replicas that sweep at once, one moves what a dead writer held", async () => {
  await using fixture = await openStorage();
  const { sql } = fixture;
  const replicas = [fixture.storage, await fixture.replica(), await fixture.replica()];
  for (let i = 0; i < 40; i++) {
    await reserve(sql, {
      id: `w${i}`,
      kind: i % 2 === 0 ? "object" : "part",
      backendKey: `b/k@${i}`,
      bytes: 10,
      headroom: 10,
      backends: ["disk0"],
      placement: "pack",
    });
  }
  const never = 3_600_000;
  const schedule = {
    sweepInterval: never,
    intentMaxAge: 0,
    deletionInterval: never,
    cleanupInterval: never,
    multipartMaxAge: never,
  };
  await Promise.all([
    ...replicas.map(({ context }) =>
      new Background(context, schedule, (task, error) => {
        throw new Error(task, { cause: error });
      }).sweep()
    ),
    ...Array.from({ length: 10 }, (_, i) => abandonIntent(sql, `w${i}`)),
  ]);
  await Promise.all(replicas.map(({ context }) => context.deletions.run(true)));
  const [quota] = await readQuotas(sql);
  assert.deepEqual([quota?.used, quota?.reserved, quota?.objects], [0, 0, 0]);
  assert.equal(await queued(sql), 0);
});
