import assert from "node:assert/strict";
import { join } from "node:path";
import { PutBucketPolicyCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { S3Objects } from "../../src/eventlog/objects/s3.ts";
import { sampleLog } from "../eventlog/tlog/sample_log.ts";
import { s3Client, type S3Target } from "../harness/client.ts";
import { startMinio } from "../harness/minio.ts";
import { startService } from "../harness/service.ts";
import { MissingTool } from "../harness/tools.ts";

const PREFIX = "events";

type Store = S3Target & AsyncDisposable & { readonly bucket: string };

const STORES: Readonly<Record<string, () => Promise<Store>>> = {
  MinIO: async () => ({ ...await startMinio({ buckets: ["logs"] }), bucket: "logs" }),
  Holdfast: async () => {
    const service = await startService();
    const credentials = { accessKeyId: "anybody", secretAccessKey: "anything" };
    return {
      endpoint: service.endpoint,
      bucket: "b",
      ...credentials,
      [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
    };
  },
};

const anybodyReads = (bucket: string) => ({
  Version: "2012-10-17",
  Statement: [{
    Effect: "Allow",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: `arn:aws:s3:::${bucket}/${PREFIX}/_tlog/*`,
  }],
});

/** The verifier in Go, built. */
async function buildVerifier(directory: string): Promise<string> {
  const program = join(directory, "tlog_verifier");
  const cwd = new URL("tlog_verifier/", import.meta.url);
  const build = new Deno.Command("go", { args: ["build", "-o", program, "."], cwd });
  const { success, stderr } = await build.output().catch((cause) => {
    throw new MissingTool("go is missing: install Go 1.24 or later (https://go.dev/dl)", { cause });
  });
  assert.ok(success, new TextDecoder().decode(stderr));
  return program;
}

async function run(program: string, ...args: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command(program, { args: [...args] }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

for (const [name, start] of Object.entries(STORES)) {
  Deno.test(`what verifies Go's checksum database verifies a log published on ${name}`, async (test) => {
    await using sample = await sampleLog();
    await using store = await start();
    Deno.env.set("AWS_ACCESS_KEY_ID", store.accessKeyId);
    Deno.env.set("AWS_SECRET_ACCESS_KEY", store.secretAccessKey);
    await using objects = new S3Objects(store);
    const { bucket } = store;
    const client = s3Client(store);
    const directory = await Deno.makeTempDir({ prefix: "holdfast-go-" });
    try {
      await client.send(
        new PutBucketPolicyCommand({
          Bucket: bucket,
          Policy: JSON.stringify(anybodyReads(bucket)),
        }),
      );
      const program = await buildVerifier(directory);
      const earlier = join(directory, "earlier");
      const url = `${store.endpoint}/${bucket}/${PREFIX}/_tlog`;
      const verify = () => run(program, url, sample.verifierKey, earlier);

      for (const size of [1, 255, 256, 257, 700]) {
        await sample.grow(size - (await sample.log.head()).nextSeq);
        const { root, note } = await sample.publish({ objects, prefix: PREFIX });
        if (size === 1) await Deno.writeTextFile(earlier, note);
        await test.step(`with ${size} events`, async () => {
          const { code, stdout, stderr } = await verify();
          assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
          assert.equal(stdout, `${size} ${root.toBase64()}`);
        });
        await Deno.writeTextFile(earlier, note);
      }

      await test.step("and sees whatever is changed of it", async () => {
        for (
          const path of ["tile/0/001", "tile/entries/002.p/188", "tile/1/000.p/2", "checkpoint"]
        ) {
          const key = `${PREFIX}/_tlog/${path}`;
          const kept = await objects.get(key);
          assert.ok(kept, key);
          const changed = kept.bytes.slice();
          changed[50] = (changed[50] ?? 0) ^ 1;
          const put = (Body: Uint8Array) =>
            client.send(
              new PutObjectCommand({
                Bucket: bucket,
                Key: key,
                Body,
                ContentType: path === "checkpoint"
                  ? "text/plain; charset=utf-8"
                  : "application/octet-stream",
              }),
            );
          await put(changed);
          assert.equal((await verify()).code, 1, path);
          await put(kept.bytes);
          assert.equal((await verify()).code, 0, path);
        }
      });
    } finally {
      client.destroy();
      await Deno.remove(directory, { recursive: true });
    }
  });
}
