import assert from "node:assert/strict";
import { growReservation, readQuotas, reserve } from "../../src/metadata/quotas.ts";
import { sweepIntents } from "../../src/metadata/intents.ts";
import type { Sql } from "../../src/metadata/sql.ts";
import { openStorage, overriding, read, uploadOf } from "../harness/storage.ts";
import { StorageError } from "../../src/storage/storage_error.ts";

async function reservedBytes(sql: Sql): Promise<number | undefined> {
  return (await readQuotas(sql))[0]?.reserved;
}

/** Resolves when this many statements on the database wait for a lock. */
async function waiting(sql: Sql, count: number): Promise<void> {
  for (;;) {
    const [row] = await sql<{ count: number }[]>`
      SELECT count(*) FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    if (row?.count === count) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

Deno.test("a reservation that grows while its intent is swept leaves nothing reserved", async () => {
  await using fixture = await openStorage();
  const { sql } = fixture;
  await reserve(sql, {
    id: "w",
    kind: "object",
    backendKey: "b/k@w",
    bytes: 10,
    headroom: 10,
    backends: ["disk0"],
    placement: "pack",
  });
  const begun: Promise<unknown>[] = [];
  await sql.begin(async (tx) => {
    await tx`SELECT 1 FROM backend_quotas FOR UPDATE`;
    begun.push(sweepIntents(sql, 0));
    await waiting(sql, 1);
    begun.push(growReservation(sql, "w", 1_000));
    await waiting(sql, 2);
  });
  assert.deepEqual(await Promise.all(begun), [1, false]);
  assert.equal(await reservedBytes(sql), 0);
});

Deno.test("a completion whose claim was swept leaves the upload's bytes for its repetition", async () => {
  let stall = Promise.resolve();
  let arrived = () => {};
  await using fixture = await openStorage({
    wrap: (backend) =>
      overriding(backend, {
        completeUpload: async (...args) => {
          const stored = await backend.completeUpload(...args);
          arrived();
          await stall;
          return stored;
        },
      }),
  });
  const { storage, sql } = fixture;
  const place = { bucket: "b", key: "k" };
  const { uploadId } = await storage.createMultipartUpload({
    ...place,
    owner: "o",
    headers: { metadata: {} },
  });
  const body = new TextEncoder().encode("the only part");
  const upload = uploadOf(body);
  const { etag } = await storage.uploadPart({ ...place, uploadId, partNumber: 1, upload });
  const completion = {
    ...place,
    uploadId,
    parts: [{ partNumber: 1, etag }],
    condition: { kind: "none" },
  } as const;
  let resolve = () => {};
  stall = new Promise((done) => resolve = done);
  const atBackend = new Promise<void>((resolve) => arrived = resolve);
  const slow = storage.completeMultipartUpload(completion);
  await atBackend;
  assert.equal(await sweepIntents(sql, 0), 1);
  resolve();
  await assert.rejects(
    slow,
    (error) => error instanceof StorageError && error.code === "SlowDown",
  );
  await storage.context.deletions.run(true);
  await storage.completeMultipartUpload(completion);
  assert.deepEqual(await read(storage, "k"), body);
});
