import assert from "node:assert/strict";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { join } from "node:path";
import { s3Client } from "../harness/client.ts";
import { startMinio } from "../harness/minio.ts";
import { startPostgres } from "../harness/postgres.ts";
import { REPOSITORY, startHoldfast } from "../harness/server.ts";
import { run } from "./program.ts";

/** More than one page of a listing. */
const OBJECTS = 1_100;
const CREDENTIAL = { access_key_id: "SYNCKEY", secret_access_key: "sync-secret" };

Deno.test("sync imports what a store already holds, and a second run finds nothing new", async (t) => {
  await using minio = await startMinio({ buckets: ["pool"] });
  await using postgres = await startPostgres();
  const { host, port, user, password, database } = await postgres.createDatabase();
  const config = {
    database: { host, port, user, password, database },
    auth: CREDENTIAL,
    backends: [{
      name: "minio",
      endpoint: minio.endpoint,
      bucket: "pool",
      access_key_id: minio.accessKeyId,
      secret_access_key: minio.secretAccessKey,
      force_path_style: true,
      quota_bytes: 100_000,
    }],
  };
  const directory = await Deno.makeTempDir({ prefix: "holdfast-sync-" });
  const file = join(directory, "config.yaml");
  await Deno.writeTextFile(file, JSON.stringify(config));
  const sync = (...args: string[]) =>
    run(Deno.execPath(), ["task", "-q", "holdfast", "sync", "--config", file, ...args], {
      cwd: REPOSITORY,
    });

  const direct = s3Client(minio);
  for (let at = 0; at < OBJECTS; at += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, i) =>
      direct.send(
        new PutObjectCommand({
          Bucket: "pool",
          Key: `old/${String(at + i).padStart(5, "0")} ü`,
          Body: "0123456789",
          ContentType: "text/old",
          Metadata: { from: "before" },
        }),
      )));
  }

  try {
    await t.step("a dry run says what it would do, and does nothing", async () => {
      const { code, stdout, stderr } = await sync("--backend", "minio", "--dry-run");
      assert.equal(code, 0, stderr);
      assert.match(stdout, /would import 1100 objects \(11000 bytes\), skipped 0/);
      assert.match(stderr, /synced page 2/);
    });

    await t.step("a run imports, and says so", async () => {
      const first = await sync("--backend", "minio", "--prefix", "old/000");
      assert.match(first.stdout, /imported 100 objects \(1000 bytes\), skipped 0/, first.stderr);
      const rest = await sync("--backend", "minio");
      assert.match(rest.stdout, /imported 1000 objects \(10000 bytes\), skipped 100/, rest.stderr);
      const again = await sync("--backend", "minio");
      assert.match(again.stdout, /imported 0 objects \(0 bytes\), skipped 1100/, again.stderr);
    });

    await t.step("what was imported is served, headers and all", async () => {
      await using server = await startHoldfast({ config });
      const client = s3Client({
        endpoint: server.endpoint,
        accessKeyId: CREDENTIAL.access_key_id,
        secretAccessKey: CREDENTIAL.secret_access_key,
      });
      const Bucket = "unified";
      const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix: "old/0109" }));
      assert.equal(page.KeyCount, 10);
      const object = await client.send(new GetObjectCommand({ Bucket, Key: "old/01099 ü" }));
      assert.equal(await object.Body?.transformToString(), "0123456789");
      assert.equal(object.ContentType, "text/old");
      assert.deepEqual(object.Metadata, { from: "before" });
      client.destroy();
    });

    await t.step("bad usage and a full quota are told apart by their exit codes", async () => {
      assert.equal((await sync("--backend", "nobody")).code, 64);
      assert.equal((await sync()).code, 64);
      await direct.send(
        new PutObjectCommand({ Bucket: "pool", Key: "zz", Body: new Uint8Array(90_000) }),
      );
      const full = await sync("--backend", "minio");
      assert.equal(full.code, 1);
      assert.match(full.stderr, /--over-quota/);
      const over = await sync("--backend", "minio", "--over-quota");
      assert.match(over.stdout, /imported 1 objects \(90000 bytes\)/, over.stderr);
    });
  } finally {
    direct.destroy();
    await Deno.remove(directory, { recursive: true });
  }
});
