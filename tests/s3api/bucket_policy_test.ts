import assert from "node:assert/strict";
import {
  DeleteBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectsCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { NO_RULES } from "../../src/s3api/access_rules.ts";
import type { User } from "../../src/s3api/credentials.ts";
import { type Service, serviceTest } from "../harness/service.ts";
import { policyOf, userArn, WRITE_ONCE } from "./policies.ts";
import { refusal } from "./refusal.ts";

function user(name: string, ...buckets: readonly string[]): User {
  const set = new Set(buckets);
  return { kind: "user", name, accessKeyId: `${name}-key`, buckets: set, mayCreateBuckets: false };
}

const USERS = [user("alice", "b"), user("bob"), user("carol", "b")];
const RULES = { ...NO_RULES, owners: new Map([["b", "alice"]]) };
const OPTIONS = { users: USERS, rules: RULES };

const denied = refusal("AccessDenied", 403);

function clients(service: Service): readonly S3Client[] {
  return USERS.map(({ accessKeyId }) => service.clientOf(accessKeyId));
}

function put(Policy: string): PutBucketPolicyCommand {
  return new PutBucketPolicyCommand({ Bucket: "b", Policy });
}

function write(Key: string, IfNoneMatch?: string): PutObjectCommand {
  return new PutObjectCommand({ Bucket: "b", Key, Body: "x", IfNoneMatch });
}

serviceTest("a policy is put, read back as it was sent, and deleted", async ({ client }) => {
  const get = () => client.send(new GetBucketPolicyCommand({ Bucket: "b" }));
  await assert.rejects(get(), refusal("NoSuchBucketPolicy", 404));
  const policy = `${WRITE_ONCE} \n`;
  const answer = await client.send(put(policy));
  assert.equal(answer.$metadata.httpStatusCode, 204);
  assert.equal((await get()).Policy, policy);
  const gone = await client.send(new DeleteBucketPolicyCommand({ Bucket: "b" }));
  assert.equal(gone.$metadata.httpStatusCode, 204);
  await assert.rejects(get(), refusal("NoSuchBucketPolicy", 404));
  await client.send(new DeleteBucketPolicyCommand({ Bucket: "b" }));
}, OPTIONS);

serviceTest("a policy that cannot be parsed is refused, and the old one stays", async (service) => {
  const [alice] = clients(service);
  await alice.send(put(WRITE_ONCE));
  const cases: readonly (readonly [string, RegExp])[] = [
    ["not json", /JSON/],
    [policyOf({ Action: "s3:PutObject", Resource: "arn:aws:s3:::other/*" }), /resource/i],
    [policyOf({ Action: "s3:Fly" }), /action/i],
    [policyOf({ Action: "s3:PutObject", Condition: { Nil: { "s3:prefix": "x" } } }), /Nil/],
    [policyOf({ Action: "s3:PutObject", Principal: { AWS: userArn("nobody") } }), /nobody/],
    [policyOf({ Action: "s3:PutObject", Sid: "x".repeat(21_000) }), /size/],
  ];
  for (const [policy, message] of cases) {
    await assert.rejects(alice.send(put(policy)), (error: unknown) => {
      assert.match(String(error), message);
      return refusal("MalformedPolicy", 400)(error);
    });
  }
  const { Policy } = await alice.send(new GetBucketPolicyCommand({ Bucket: "b" }));
  assert.equal(Policy, WRITE_ONCE);
  await assert.rejects(alice.send(write("k")), denied);
}, OPTIONS);

serviceTest(
  "a policy holds for the bucket's owner, and the log names the statement",
  async (service) => {
    const [alice] = clients(service);
    await alice.send(put(WRITE_ONCE));
    await assert.rejects(alice.send(write("k")), (error: unknown) => {
      assert.doesNotMatch(JSON.stringify(error), /DenyUnconditionalWrites/);
      return denied(error);
    });
    assert.equal(service.facts.at(-1)?.refusal, "Statement[0] DenyUnconditionalWrites");
    await alice.send(write("k", "*"));
    assert.equal(service.facts.at(-1)?.refusal, "");
    await assert.rejects(alice.send(write("k", "*")), refusal("PreconditionFailed", 412));
  },
  OPTIONS,
);

serviceTest("others are let in by a policy, and by nothing else", async (service) => {
  const [alice, bob] = clients(service);
  await alice.send(write("shared/k"));
  await alice.send(write("k"));
  const get = (Key: string) => bob.send(new GetObjectCommand({ Bucket: "b", Key }));
  await assert.rejects(get("shared/k"), denied);
  await alice.send(put(policyOf({
    Action: "s3:GetObject",
    Principal: { AWS: userArn("bob") },
    Resource: "arn:aws:s3:::b/shared/*",
  })));
  assert.equal(await (await get("shared/k")).Body?.transformToString(), "x");
  await assert.rejects(get("k"), denied);
  assert.equal(service.facts.at(-1)?.refusal, "no statement of the policy allows it");
  await assert.rejects(bob.send(write("shared/k")), denied);
  await assert.rejects(bob.send(new ListObjectsV2Command({ Bucket: "b" })), denied);
}, OPTIONS);

serviceTest("a key that is not there is told only to those who may list", async (service) => {
  const [alice, bob] = clients(service);
  const get = () => bob.send(new GetObjectCommand({ Bucket: "b", Key: "absent" }));
  const read = { Action: "s3:GetObject" };
  await alice.send(put(policyOf(read)));
  await assert.rejects(get(), denied);
  const list = { Action: "s3:ListBucket", Resource: "arn:aws:s3:::b" };
  await alice.send(put(policyOf(read, list)));
  await assert.rejects(get(), refusal("NoSuchKey", 404));
}, OPTIONS);

serviceTest("anonymous requests are let in by a policy, and by nothing else", async (service) => {
  const [alice] = clients(service);
  await alice.send(write("public/k"));
  const object = `${service.endpoint}/b/public/k`;
  assert.equal((await fetch(object)).status, 403);
  await alice.send(put(policyOf({
    Action: "s3:GetObject",
    Resource: "arn:aws:s3:::b/public/*",
  })));
  const answer = await fetch(object);
  assert.equal(answer.status, 200);
  assert.equal(await answer.text(), "x");
  const disguised = await fetch(`${object}?response-content-type=text/html`);
  assert.equal(disguised.status, 400);
  assert.match(await disguised.text(), /<Code>InvalidRequest<.*cannot be used for anonymous GET/);
  for (
    const [method, path, status] of [
      ["PUT", "/b/public/k", 403],
      ["DELETE", "/b/public/k", 403],
      ["GET", "/b", 403],
      ["GET", "/b?policy", 403],
      ["PUT", "/b?policy", 403],
      ["POST", "/b?delete", 403],
      ["GET", "/b/public/absent", 403],
      ["GET", "/", 403],
      ["PUT", "/new-bucket", 403],
      ["GET", "/no-such-bucket/k", 404],
    ] as const
  ) {
    const refused = await fetch(`${service.endpoint}${path}`, {
      method,
      body: method === "PUT" ? "y" : method === "POST" ? "<Delete/>" : undefined,
    });
    await refused.body?.cancel();
    assert.equal(refused.status, status === 403 && path.endsWith("?delete") ? 400 : status, path);
  }
}, OPTIONS);

serviceTest("no policy locks its bucket's owner out of the policy", async (service) => {
  const [alice, , carol] = clients(service);
  const nothing = policyOf({
    Effect: "Deny",
    Action: "s3:*",
    Resource: ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
  });
  await alice.send(put(nothing));
  await assert.rejects(alice.send(write("k")), denied);
  await assert.rejects(alice.send(new ListObjectsV2Command({ Bucket: "b" })), denied);
  const remove = new DeleteBucketPolicyCommand({ Bucket: "b" });
  await assert.rejects(carol.send(put(WRITE_ONCE)), denied);
  await assert.rejects(carol.send(remove), denied);
  assert.equal((await alice.send(new GetBucketPolicyCommand({ Bucket: "b" }))).Policy, nothing);
  await alice.send(put(WRITE_ONCE));
  await alice.send(put(nothing));
  await alice.send(remove);
  await alice.send(write("k"));
}, OPTIONS);

serviceTest("whoever creates a bucket owns its policy", async (service) => {
  await service.storage.createBucket("made", "bob");
  const [alice, bob] = clients(service);
  const Policy = policyOf({ Effect: "Deny", Action: "s3:*", Resource: "arn:aws:s3:::made" });
  await bob.send(new PutBucketPolicyCommand({ Bucket: "made", Policy }));
  await assert.rejects(bob.send(new DeleteBucketCommand({ Bucket: "made" })), denied);
  const remove = new DeleteBucketPolicyCommand({ Bucket: "made" });
  await assert.rejects(alice.send(remove), denied);
  await bob.send(remove);
  await bob.send(new DeleteBucketCommand({ Bucket: "made" }));
}, OPTIONS);

serviceTest(
  "who writes https into the target over plain HTTP has not come over TLS",
  async (service) => {
    const [alice] = clients(service);
    await alice.send(put(policyOf(
      { Action: "s3:PutObject" },
      {
        Action: "s3:PutObject",
        Effect: "Deny",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    )));
    const { hostname, port } = new URL(service.endpoint);
    using connection = await Deno.connect({ hostname, port: Number(port) });
    const head = `PUT https://${hostname}/b/k HTTP/1.1\r\nHost: ${hostname}\r\n`;
    const request = `${head}Content-Length: 1\r\nConnection: close\r\n\r\nx`;
    await connection.write(new TextEncoder().encode(request));
    assert.match(await new Response(connection.readable).text(), /^HTTP\/1.1 403 .*AccessDenied/s);
  },
  OPTIONS,
);

serviceTest("what a condition is held against has bounds", async (service) => {
  const [alice] = clients(service);
  await alice.send(put(policyOf({
    Action: "s3:PutObject",
    Effect: "Deny",
    Condition: { StringLike: { "aws:Referer": "*a*b*c*" } },
  })));
  const send = async (referer: string) => {
    const body = { method: "PUT", body: "x", headers: { referer } };
    const answer = await fetch(`${service.endpoint}/b/k`, body);
    return /<Code>(\w+)</.exec(await answer.text())?.[1];
  };
  assert.equal(await send("a".repeat(2_048)), "AccessDenied");
  assert.equal(await send("a".repeat(2_049)), "RequestHeaderSectionTooLarge");
}, OPTIONS);

serviceTest(
  "headers beside a form, and of a copy that is none, meet no condition",
  async (service) => {
    const [alice] = clients(service);
    const onlyWith = (key: string) => ({
      Effect: "Deny" as const,
      Action: "s3:PutObject",
      Condition: { Null: { [key]: "true" } },
    });
    await alice.send(put(policyOf(
      { Action: "s3:PutObject" },
      onlyWith("s3:x-amz-storage-class"),
    )));
    const form = new FormData();
    form.append("key", "k");
    form.append("file", new File(["x"], "k"));
    const headers = { "x-amz-storage-class": "GLACIER", "x-amz-copy-source": "/b/none" };
    const post = () => fetch(`${service.endpoint}/b`, { method: "POST", headers, body: form });
    assert.match(await (await post()).text(), /<Code>AccessDenied</);
    await alice.send(put(policyOf({ Action: "s3:PutObject" }, onlyWith("s3:x-amz-copy-source"))));
    assert.match(await (await post()).text(), /<Code>AccessDenied</);
  },
  OPTIONS,
);

serviceTest("the entity tag of a key to delete has bounds", async (service) => {
  const [alice] = clients(service);
  await alice.send(put(policyOf({
    Effect: "Deny",
    Action: "s3:DeleteObject",
    Condition: { StringLike: { "s3:if-match": "*a" } },
  })));
  const ETag = "b".repeat(2_049);
  const Delete = { Objects: [{ Key: "k", ETag }] };
  await assert.rejects(
    alice.send(new DeleteObjectsCommand({ Bucket: "b", Delete })),
    refusal("InvalidArgument", 400),
  );
}, OPTIONS);

serviceTest("a policy that is public says so", async (service) => {
  const [alice] = clients(service);
  const status = async () => {
    const answer = await alice.send(new GetBucketPolicyStatusCommand({ Bucket: "b" }));
    return answer.PolicyStatus?.IsPublic;
  };
  await assert.rejects(status(), refusal("NoSuchBucketPolicy", 404));
  await alice.send(put(policyOf({ Action: "s3:GetObject" })));
  assert.equal(await status(), true);
  await alice.send(put(WRITE_ONCE));
  assert.equal(await status(), false);
}, OPTIONS);

serviceTest(
  "a policy of the configuration holds, and the API cannot change it",
  async (service) => {
    const [alice] = clients(service);
    const kept = (error: unknown) => {
      assert.match(String(error), /kept in the configuration \(policies\/once.json\)/);
      return denied(error);
    };
    await assert.rejects(alice.send(put(policyOf({ Action: "s3:*" }))), kept);
    await assert.rejects(alice.send(new DeleteBucketPolicyCommand({ Bucket: "b" })), kept);
    const { Policy } = await alice.send(new GetBucketPolicyCommand({ Bucket: "b" }));
    assert.equal(Policy, WRITE_ONCE);
    await assert.rejects(alice.send(write("k")), denied);
    await alice.send(write("k", "*"));
  },
  {
    users: USERS,
    rules: {
      ...RULES,
      policies: new Map([["b", { source: "policies/once.json", document: WRITE_ONCE }]]),
    },
  },
);

serviceTest("a policy of the configuration outweighs a stored one", async (service) => {
  await service.storage.setBucketPolicy("b", policyOf({ Effect: "Deny", Action: "s3:*" }));
  const [alice] = clients(service);
  await alice.send(write("k", "*"));
}, {
  users: USERS,
  rules: {
    ...RULES,
    policies: new Map([["b", { source: "policies/once.json", document: WRITE_ONCE }]]),
  },
});

serviceTest(
  "a policy that cannot be loaded closes the bucket until its owner replaces it",
  async (service) => {
    const [alice, , carol] = clients(service);
    await alice.send(write("k"));
    await service.storage.setBucketPolicy("b", `{"Version": "2099-01-01"}`);
    const closed = refusal("ServiceUnavailable", 503);
    await assert.rejects(alice.send(write("k", "*")), closed);
    await assert.rejects(alice.send(new GetObjectCommand({ Bucket: "b", Key: "k" })), closed);
    await assert.rejects(carol.send(put(WRITE_ONCE)), closed);
    assert.equal((await fetch(`${service.endpoint}/b/k`)).status, 503);
    await alice.send(put(WRITE_ONCE));
    await alice.send(new GetObjectCommand({ Bucket: "b", Key: "k" }));
  },
  OPTIONS,
);
