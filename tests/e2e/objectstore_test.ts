/** The object store client with MinIO. */
import assert from "node:assert/strict";
import { contract } from "../objectstore/contract.ts";
import { s3StoresAt, type StoreKind } from "../objectstore/stores.ts";
import { s3Client } from "../harness/client.ts";
import { startMinio } from "../harness/minio.ts";

const BUCKET = "evidence";

const MINIO: StoreKind = {
  name: "MinIO",
  backend: "s3",
  // It keeps objects as files.
  refusedKeys: new Set(["a/../b", "./here", "there/.", "..", "a//b"]),
  alteredKeys: new Set(["/leading"]),
  async start() {
    const minio = await startMinio({ buckets: [BUCKET] });
    const client = s3Client(minio);
    return {
      target: minio,
      client,
      bucket: BUCKET,
      open: s3StoresAt(minio, BUCKET),
      async [Symbol.asyncDispose]() {
        client.destroy();
        await minio.stop();
      },
    };
  },
};

contract(MINIO);

Deno.test("300 MiB need no more memory than 100 MiB, whatever way they go", async () => {
  await using minio = await startMinio({ buckets: [BUCKET] });
  const program = new URL("./objectstore_transfer.ts", import.meta.url).pathname;
  const permissions = ["net", "env", "read", "write", "sys"].map((name) => `--allow-${name}`);
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    // As the server's own task has it: what is short-lived is not kept for long.
    args: [
      "run",
      "--v8-flags=--max-semi-space-size=2",
      ...permissions,
      program,
      JSON.stringify({ ...minio, bucket: BUCKET }),
    ],
    env: { MALLOC_ARENA_MAX: "2" },
    stderr: "inherit",
  }).output();
  assert.ok(success);
  const [few, many] = JSON.parse(new TextDecoder().decode(stdout));
  assert.ok(many - few < 64 * 1_024 ** 2, `${few} and then ${many} bytes were resident`);
});
