import assert from "node:assert/strict";
import {
  DeletePublicAccessBlockCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  type PublicAccessBlockConfiguration,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { NO_RULES } from "../../src/s3api/access_rules.ts";
import type { User } from "../../src/s3api/credentials.ts";
import { serviceTest } from "../harness/service.ts";
import { policyOf, userArn } from "./policies.ts";
import { refusal } from "./refusal.ts";

function user(name: string, ...buckets: readonly string[]): User {
  const set = new Set(buckets);
  return { kind: "user", name, accessKeyId: `${name}-key`, buckets: set, mayCreateBuckets: false };
}

const OPTIONS = {
  users: [user("alice", "b"), user("bob")],
  rules: { ...NO_RULES, owners: new Map([["b", "alice"]]) },
};

const PUBLIC = policyOf({ Action: "s3:GetObject" });

function block(PublicAccessBlockConfiguration: PublicAccessBlockConfiguration) {
  return new PutPublicAccessBlockCommand({ Bucket: "b", PublicAccessBlockConfiguration });
}

serviceTest("a public access block is put, read back and deleted", async ({ client }) => {
  const get = () => client.send(new GetPublicAccessBlockCommand({ Bucket: "b" }));
  const absent = refusal("NoSuchPublicAccessBlockConfiguration", 404);
  await assert.rejects(get(), absent);
  await client.send(block({ BlockPublicPolicy: true }));
  assert.deepEqual((await get()).PublicAccessBlockConfiguration, {
    BlockPublicAcls: false,
    IgnorePublicAcls: false,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: false,
  });
  await client.send(new DeletePublicAccessBlockCommand({ Bucket: "b" }));
  await assert.rejects(get(), absent);
}, OPTIONS);

serviceTest("a block that is no block is refused", async (service) => {
  for (
    const [body, status] of [
      ["", 400],
      [
        "<PublicAccessBlockConfiguration><BlockPublicAcls>maybe</BlockPublicAcls>" +
        "</PublicAccessBlockConfiguration>",
        400,
      ],
      ["<PublicAccessBlockConfiguration/>", 200],
    ] as const
  ) {
    const answer = await fetch(`${service.endpoint}/b?publicAccessBlock`, { method: "PUT", body });
    await answer.body?.cancel();
    assert.equal(answer.status, status, body);
  }
});

serviceTest("BlockPublicPolicy refuses policies that are public", async ({ client }) => {
  await client.send(block({ BlockPublicPolicy: true }));
  const put = (Policy: string) => client.send(new PutBucketPolicyCommand({ Bucket: "b", Policy }));
  await assert.rejects(put(PUBLIC), refusal("AccessDenied", 403));
  await put(policyOf({ Action: "s3:GetObject", Principal: { AWS: userArn("bob") } }));
}, OPTIONS);

serviceTest("RestrictPublicBuckets leaves a public bucket to its members", async (service) => {
  const [alice, bob] = ["alice-key", "bob-key"].map((key) => service.clientOf(key));
  await alice.send(new PutObjectCommand({ Bucket: "b", Key: "k", Body: "x" }));
  await alice.send(new PutBucketPolicyCommand({ Bucket: "b", Policy: PUBLIC }));
  const anonymous = async () => {
    const answer = await fetch(`${service.endpoint}/b/k`);
    await answer.body?.cancel();
    return answer.status;
  };
  const get = new GetObjectCommand({ Bucket: "b", Key: "k" });
  assert.equal(await anonymous(), 200);
  await bob.send(get);
  await alice.send(block({ RestrictPublicBuckets: true }));
  assert.equal(await anonymous(), 403);
  await assert.rejects(bob.send(get), refusal("AccessDenied", 403));
  await alice.send(get);
  await alice.send(block({ RestrictPublicBuckets: false }));
  assert.equal(await anonymous(), 200);
}, OPTIONS);
