import assert from "node:assert/strict";
import { NO_RULES } from "../../src/s3api/access_rules.ts";
import type { User } from "../../src/s3api/credentials.ts";
import { RawConnection } from "../harness/raw_http.ts";
import { serialize, sign } from "../harness/raw_signing.ts";
import { SECRET, type Service, startService } from "../harness/service.ts";
import { uploadOf } from "../harness/storage.ts";
import { policyOf } from "./policies.ts";

function user(name: string): User {
  const buckets = new Set(["b"]);
  return { kind: "user", name, accessKeyId: `${name}-key`, buckets, mayCreateBuckets: false };
}

const OPTIONS = {
  users: [user("owner"), user("member")],
  rules: { ...NO_RULES, owners: new Map([["b", "owner"]]) },
};

const NOTHING_IS_WRITTEN = policyOf({
  Sid: "Frozen",
  Effect: "Deny",
  Action: ["s3:PutObject", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock"],
  Resource: ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
});

/** Bytes that a slow client keeps back. */
const KEPT_BACK = 3;

/** Sends a request by the member but for its end, and resolves with what sends that. */
async function begin({ endpoint }: Service, method: string, target: string, body: Uint8Array) {
  const key = { endpoint, accessKeyId: "member-key", secretAccessKey: SECRET };
  const { request } = sign({ method, target, headers: [], body }, key);
  const bytes = serialize(request);
  const connection = await RawConnection.open(endpoint);
  await connection.send(bytes.subarray(0, -KEPT_BACK));
  return async () => {
    await connection.send(bytes.subarray(-KEPT_BACK));
    const answer = await connection.receive();
    connection[Symbol.dispose]();
    assert.ok(typeof answer === "object", String(answer));
    return answer.status;
  };
}

const encoder = new TextEncoder();

for (
  const [name, method, target, body] of [
    ["a policy", "PUT", "/b?policy", encoder.encode(policyOf({ Action: "s3:*" }))],
    [
      "a public access block",
      "PUT",
      "/b?publicAccessBlock",
      encoder.encode("<PublicAccessBlockConfiguration/>"),
    ],
    ["a small object", "PUT", "/b/k", encoder.encode("overwritten")],
    ["a large object", "PUT", "/b/k", new Uint8Array(2_000_000)],
  ] as const
) {
  Deno.test(`${name} that is slow to come is decided when it has come`, async () => {
    await using service = await startService(OPTIONS);
    const { storage } = service;
    const write = { bucket: "b", key: "k", owner: "owner", headers: { metadata: {} } };
    const upload = uploadOf(encoder.encode("first"));
    const first = await storage.putObject({ ...write, condition: { kind: "none" }, upload });
    const end = await begin(service, method, target, body);
    await storage.setBucketPolicy("b", NOTHING_IS_WRITTEN);
    assert.equal(await end(), 403);
    assert.equal(service.facts.at(-1)?.refusal, "Statement[0] Frozen");
    assert.equal((await storage.headObject("b", "k")).version, first.version);
    assert.equal((await storage.findBucket("b"))?.policy, NOTHING_IS_WRITTEN);
  });
}

Deno.test("a completion that is slow to come is decided when it has come", async () => {
  await using service = await startService(OPTIONS);
  const { storage } = service;
  const target = { bucket: "b", key: "k" };
  const created = { ...target, owner: "owner", headers: { metadata: {} } };
  const { uploadId } = await storage.createMultipartUpload(created);
  const upload = uploadOf(encoder.encode("a part"));
  const { etag } = await storage.uploadPart({ ...target, uploadId, partNumber: 1, upload });
  const document = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${etag}</ETag>` +
    "</Part></CompleteMultipartUpload>";
  const path = `/b/k?uploadId=${encodeURIComponent(uploadId)}`;
  const end = await begin(service, "POST", path, encoder.encode(document));
  await storage.setBucketPolicy("b", NOTHING_IS_WRITTEN);
  assert.equal(await end(), 403);
  await assert.rejects(storage.headObject("b", "k"), { code: "NoSuchKey" });
});
