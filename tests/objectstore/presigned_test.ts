import assert from "node:assert/strict";
import { S3Store } from "../../src/objectstore/s3.ts";
import type { S3Options } from "../../src/objectstore/s3_options.ts";

const CREDENTIALS = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "very-secret" };
const MINUTE = { expiresIn: 60 };

Deno.test("without an endpoint URLs lead to AWS, with one to it", async () => {
  const cases: readonly [Partial<S3Options>, url: string][] = [
    [{}, "https://evidence.s3.us-east-1.amazonaws.com/a%20b/%C3%BC"],
    [{ region: "eu-central-1" }, "https://evidence.s3.eu-central-1.amazonaws.com/a%20b/%C3%BC"],
    [{ bucket: "has.dots" }, "https://s3.us-east-1.amazonaws.com/has.dots/a%20b/%C3%BC"],
    [{ endpoint: "https://store.example" }, "https://store.example/evidence/a%20b/%C3%BC"],
    [{ endpoint: "http://host:9000/s3/" }, "http://host:9000/s3/evidence/a%20b/%C3%BC"],
  ];
  for (const [options, expected] of cases) {
    await using store = new S3Store({ bucket: "evidence", credentials: CREDENTIALS, ...options });
    const url = await store.generatePresignedUrl("GET", "a b/ü", MINUTE);
    assert.equal(url.slice(0, url.indexOf("?")), expected);
    const form = await store.generatePresignedPost("a b/ü", MINUTE);
    assert.equal(form.url, expected.slice(0, expected.indexOf("a%20b")));
    assert.ok(!url.includes("very-secret") && !JSON.stringify(form).includes("very-secret"));
  }
});

Deno.test("dots in a key are not folded", async () => {
  await using store = new S3Store({ bucket: "evidence", credentials: CREDENTIALS });
  const url = await store.generatePresignedUrl("GET", "a/../%2e/./b", MINUTE);
  assert.match(url, /^https:\/\/[^/]+\/a\/\.\.\/%252e\/\.\/b\?/);
});

Deno.test("temporary credentials take their token along", async () => {
  const credentials = { ...CREDENTIALS, sessionToken: "a token" };
  await using store = new S3Store({ bucket: "evidence", credentials });
  const url = new URL(await store.generatePresignedUrl("PUT", "key", MINUTE));
  assert.equal(url.searchParams.get("X-Amz-Security-Token"), "a token");
  const { fields } = await store.generatePresignedPost("key", MINUTE);
  assert.equal(fields["x-amz-security-token"], "a token");
});

Deno.test("a form says what it is good for", async () => {
  await using store = new S3Store({ bucket: "evidence", credentials: CREDENTIALS });
  const { fields } = await store.generatePresignedPost("in/${filename}", {
    expiresIn: 3_600,
    fields: { "Content-Type": "text/plain" },
    conditions: [{ acl: "private" }, ["eq", "$x-amz-meta-a", "1"]],
    contentLengthRange: [0, 10],
  });
  const { expiration, conditions } = JSON.parse(atob(fields["policy"]));
  assert.ok(Math.abs(Date.parse(expiration) - Date.now() - 3_600_000) < 60_000);
  assert.deepEqual(conditions, [
    { bucket: "evidence" },
    ["starts-with", "$key", "in/"],
    { "Content-Type": "text/plain" },
    { "x-amz-algorithm": "AWS4-HMAC-SHA256" },
    { "x-amz-credential": fields["x-amz-credential"] },
    { "x-amz-date": fields["x-amz-date"] },
    ["content-length-range", 0, 10],
    { acl: "private" },
    ["eq", "$x-amz-meta-a", "1"],
  ]);
});

Deno.test("without keys the SDK looks where it usually does", async () => {
  const variables = { AWS_ACCESS_KEY_ID: "AKIAFROMTHERE", AWS_SECRET_ACCESS_KEY: "secret" };
  const before = Object.keys(variables).map((name) => [name, Deno.env.get(name)] as const);
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  try {
    await using store = new S3Store({ bucket: "evidence" });
    const url = new URL(await store.generatePresignedUrl("GET", "key", MINUTE));
    assert.match(url.searchParams.get("X-Amz-Credential") ?? "", /^AKIAFROMTHERE\//);
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
});
