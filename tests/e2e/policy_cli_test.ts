import assert from "node:assert/strict";
import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { holdfast, inDirectory } from "../cli/holdfast.ts";
import { variables } from "../cli/policy_server.ts";
import { s3Client, type S3Target } from "../harness/client.ts";
import { startMinio } from "../harness/minio.ts";
import { CARELESS_DEPLOYMENTS } from "./deployments.ts";

const BUCKET = "ledger";
const EVENTS = "policies/events-append-only.json";

/** Runs `holdfast policy ARGS` with the variables of a store. */
async function policy(store: S3Target, ...args: readonly string[]) {
  return await holdfast(["policy", ...args], variables(store));
}

async function keysIn(client: S3Client, bucket: string): Promise<readonly string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
  return Contents.map(({ Key = "" }) => Key);
}

Deno.test("MinIO by itself keeps no events, and the operator is told what to do", async (t) => {
  await using minio = await startMinio({ buckets: [BUCKET] });
  const client = s3Client(minio);

  await t.step("it does not take the policy, for want of the key", async () => {
    const { code, stderr } = await policy(minio, "apply", "--bucket", BUCKET, EVENTS);
    assert.match(
      stderr,
      /cannot enforce it; put Holdfast in front of it \(MalformedPolicy: .*s3:if-none-match/,
    );
    assert.equal(code, 1);
  });

  await t.step("a policy that it takes comes back in its own form", async () => {
    const args = ["apply", "--bucket", BUCKET, "policies/ip-allowlist.json"];
    const { code, stderr } = await policy(minio, ...args);
    assert.equal(stderr, "");
    assert.equal(code, 0);
  });

  await t.step("a policy that it takes does not bind its users", async () => {
    await inDirectory(async (directory) => {
      const path = `${directory}/deny.json`;
      const statement = {
        Effect: "Deny",
        Principal: "*",
        Action: "s3:PutObject",
        Resource: "arn:aws:s3:::BUCKET/events/*",
      };
      await Deno.writeTextFile(
        path,
        JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
      );
      assert.equal((await policy(minio, "apply", "--bucket", BUCKET, path)).code, 0);
    });
    const { code, stdout } = await policy(minio, "verify", "--bucket", BUCKET);
    assert.match(stdout, /FAILS: a PUT without a condition is refused: 200 instead of 403/);
    assert.match(
      stdout,
      /keeps the policy of ledger but does not enforce it.*; put Holdfast in front/,
    );
    assert.equal(code, 2);
  });

  await t.step("nothing of it stays in the bucket", async () => {
    assert.deepEqual(await keysIn(client, BUCKET), []);
  });
  client.destroy();
});

for (const kind of CARELESS_DEPLOYMENTS) {
  Deno.test(`the operator's policy is put and proven through Holdfast over ${kind.name}`, async () => {
    await using deployment = await kind.start();
    const { bucket } = deployment;
    const before = await policy(deployment, "verify", "--bucket", bucket);
    assert.equal(before.code, 2, before.stdout + before.stderr);
    const applied = await policy(deployment, "apply", "--bucket", bucket, EVENTS);
    assert.equal(applied.code, 0, applied.stderr);
    const { code, stdout } = await policy(deployment, "verify", "--bucket", bucket);
    assert.match(stdout, /holds: a PUT without a condition is refused: 403 AccessDenied/);
    assert.match(stdout, /holds: a PUT with If-None-Match: \* goes through: 200/);
    assert.match(stdout, /holds: the same PUT again is refused: 412 PreconditionFailed/);
    assert.equal(code, 0);
    const client = s3Client(deployment);
    const [stays, ...others] = await keysIn(client, bucket);
    client.destroy();
    assert.ok(stdout.includes(`made ${stays}: it stays, for its deletion is denied`), stdout);
    assert.deepEqual(others, []);
  });
}
