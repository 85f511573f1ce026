import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash, createHmac } from "node:crypto";
import { accessKey, credentials, errorCode, openEndpoint, type TestEndpoint } from "./endpoint.ts";

const alice = accessKey("alice");
const bob = accessKey("bob", { buckets: new Set(["other"]) });

type Condition = Record<string, string> | readonly [string, string | number, string | number];

/** The fields of a form, signed by a key, whose policy allows what is given besides. */
function signedFields(
  fields: Record<string, string>,
  conditions: readonly Condition[] = [],
  key = alice,
): Record<string, string> {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${time.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const signing = {
    "x-amz-algorithm": "AWS4-HMAC-SHA256",
    "x-amz-credential": `${key.user.accessKeyId}/${scope}`,
    "x-amz-date": time,
  };
  const exact = Object.entries({ ...signing, ...fields })
    .filter(([name]) => name !== "key")
    .map(([name, value]) => ({ [name]: value }));
  const policy = Buffer.from(JSON.stringify({
    expiration: new Date(Date.now() + 60_000).toISOString(),
    conditions: [{ bucket: "b" }, ["starts-with", "$key", ""], ...exact, ...conditions],
  })).toString("base64");
  const secret = scope.split("/").reduce<Uint8Array>(
    (previous, step) => createHmac("sha256", previous).update(step).digest(),
    Buffer.from(`AWS4${key.secret}`),
  );
  const signature = createHmac("sha256", secret).update(policy).digest("hex");
  return { ...signing, ...fields, policy, "x-amz-signature": signature };
}

function post(
  { url }: TestEndpoint,
  fields: Record<string, string>,
  content = "hello",
  bucket = "b",
): Promise<Response> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", new File([content], "a photo.txt", { type: "text/plain" }));
  return fetch(`${url}/${bucket}`, { method: "POST", body: form, redirect: "manual" });
}

Deno.test("PostObject", async (test) => {
  await using endpoint = await openEndpoint({ credentials: credentials([alice, bob]) });
  const { storage } = endpoint.fixture;
  const etag = `"${createHash("md5").update("hello").digest("hex")}"`;

  await test.step("stores the file under the key, and answers 204", async () => {
    const response = await post(endpoint, signedFields({ "key": "dir/k é" }));
    assert.equal(response.status, 204, await response.text());
    assert.equal(response.headers.get("etag"), etag);
    assert.equal(response.headers.get("location"), `${endpoint.url}/b/dir/k%20%C3%A9`);
    const object = await storage.headObject("b", "dir/k é");
    assert.deepEqual([object.size, object.owner], [5, "alice"]);
  });

  await test.step("writes down who, what and where", () => {
    const { operation, bucket, key, user, code } = endpoint.facts.at(-1) ?? {};
    assert.deepEqual([operation, bucket, key, user, code], [
      "PostObject",
      "b",
      "dir/k é",
      "alice",
      "",
    ]);
  });

  await test.step("takes the file's name for ${filename}", async () => {
    assert.equal((await post(endpoint, signedFields({ key: "up/${filename}" }))).status, 204);
    await storage.headObject("b", "up/a photo.txt");
  });

  await test.step("keeps headers and metadata out of fields", async () => {
    const fields = {
      "key": "headers",
      "Content-Type": "image/png",
      "Cache-Control": "no-cache",
      "x-amz-meta-color": "röt",
      "x-amz-storage-class": "STANDARD_IA",
    };
    assert.equal((await post(endpoint, signedFields(fields))).status, 204);
    const { headers } = await storage.headObject("b", "headers");
    assert.equal(headers.contentType, "image/png");
    assert.equal(headers.cacheControl, "no-cache");
    assert.equal(headers.metadata.color, Buffer.from("röt").toString("latin1"));
    assert.equal(headers.storageClass, "STANDARD_IA");
  });

  await test.step("answers 200 or 201 when the form asks for it", async () => {
    const fields = (status: string) => signedFields({ key: "k", success_action_status: status });
    assert.equal((await post(endpoint, fields("200"))).status, 200);
    const created = await post(endpoint, fields("201"));
    assert.equal(created.status, 201);
    assert.match(
      await created.text(),
      /<PostResponse><Location>[^<]+\/b\/k<\/Location><Bucket>b<\/Bucket><Key>k<\/Key><ETag>&quot;\w+&quot;<\/ETag><\/PostResponse>$/,
    );
    assert.equal((await post(endpoint, fields("404"))).status, 204);
  });

  await test.step("redirects the browser when the form asks for it", async () => {
    const fields = { key: "k&1", success_action_redirect: "https://example.com/done?x=1" };
    const response = await post(endpoint, signedFields(fields));
    assert.equal(response.status, 303);
    assert.equal(
      response.headers.get("location"),
      `https://example.com/done?x=1&bucket=b&key=k%261&etag=${encodeURIComponent(etag)}`,
    );
    const nowhere = { key: "k", success_action_redirect: "not a url" };
    assert.equal((await post(endpoint, signedFields(nowhere))).status, 204);
  });

  await test.step("verifies a checksum field", async () => {
    const right = signedFields({ "key": "sum", "x-amz-checksum-crc32": "NhCmhg==" });
    assert.equal((await post(endpoint, right)).status, 204);
    assert.equal((await storage.headObject("b", "sum")).checksum?.value, "NhCmhg==");
  });

  await test.step("takes a size that the policy allows", async () => {
    const fields = signedFields({ key: "sized" }, [["content-length-range", 5, 10]]);
    assert.equal((await post(endpoint, fields, "12345")).status, 204);
    assert.equal((await post(endpoint, fields, "1234567890")).status, 204);
  });

  const before = await endpoint.bytesUsed();
  const tampered = { ...signedFields({ key: "bad" }), "x-amz-signature": "0".repeat(64) };
  const refused: Readonly<
    Record<string, [Record<string, string>, code: string, content?: string]>
  > = {
    "a wrong signature": [tampered, "SignatureDoesNotMatch"],
    "no signature": [{ key: "bad" }, "AccessDenied"],
    "a field that the policy does not name": [
      { ...signedFields({ key: "bad" }), "x-amz-meta-a": "b" },
      "AccessDenied",
    ],
    "a field of another value": [
      {
        ...signedFields({ "key": "bad", "Content-Type": "text/plain" }),
        "Content-Type": "text/html",
      },
      "AccessDenied",
    ],
    "a bucket that the key may not see": [signedFields({ key: "bad" }, [], bob), "AccessDenied"],
    "no key": [signedFields({}), "InvalidArgument"],
    "an empty key": [signedFields({ key: "" }), "UserKeyMustBeSpecified"],
    "a key that is too long": [signedFields({ key: "k".repeat(1_025) }), "KeyTooLongError"],
    "tags": [signedFields({ key: "bad", tagging: "<Tagging/>" }), "NotImplemented"],
    "an ACL": [signedFields({ key: "bad", acl: "public-read" }), "AccessControlListNotSupported"],
    "a file that is too small": [
      signedFields({ key: "bad" }, [["content-length-range", 5, 10]]),
      "EntityTooSmall",
      "1234",
    ],
    "a file that is too large": [
      signedFields({ key: "bad" }, [["content-length-range", 5, 10]]),
      "EntityTooLarge",
      "12345678901",
    ],
    "a wrong checksum": [
      signedFields({ "key": "bad", "x-amz-checksum-crc32": "AAAAAA==" }),
      "BadDigest",
    ],
  };
  for (const [what, [fields, code, content]] of Object.entries(refused)) {
    await test.step(`answers ${code} to ${what}, and stores nothing`, async () => {
      assert.equal(await errorCode(await post(endpoint, fields, content)), code);
      await assert.rejects(storage.headObject("b", "bad"), { code: "NoSuchKey" });
      assert.equal(await endpoint.bytesUsed(), before);
    });
  }

  await test.step("stores a large file as it streams by", async () => {
    const response = await post(endpoint, signedFields({ key: "large" }), "x".repeat(3_000_000));
    assert.equal(response.status, 204);
    assert.equal((await storage.headObject("b", "large")).size, 3_000_000);
  });

  await test.step("is refused for a body that is no form", async () => {
    const response = await fetch(`${endpoint.url}/b`, { method: "POST", body: "hello" });
    assert.equal(await errorCode(response), "RequestIsNotMultiPartContent");
  });
});

Deno.test("a form is not let in with a payload hash that nobody would verify", async () => {
  await using endpoint = await openEndpoint();
  const body = new FormData();
  body.append("key", "k");
  body.append("file", new File(["hello"], "k"));
  for (const hash of ["0".repeat(64), "STREAMING-UNSIGNED-PAYLOAD-TRAILER"]) {
    const headers = { "x-amz-content-sha256": hash };
    const response = await fetch(`${endpoint.url}/b`, { method: "POST", body, headers });
    assert.equal(await errorCode(response), "InvalidRequest");
  }
  await assert.rejects(endpoint.fixture.storage.headObject("b", "k"), { code: "NoSuchKey" });
});
