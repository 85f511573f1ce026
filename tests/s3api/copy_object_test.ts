import assert from "node:assert/strict";
import {
  accessKey,
  credentials,
  errorCode,
  openEndpoint,
  targetOf,
  type TestEndpoint,
} from "./endpoint.ts";
import { CopyObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { s3Client } from "../harness/client.ts";

const PAST = "Thu, 01 Jan 2015 00:00:00 GMT";

function copy(
  { url }: TestEndpoint,
  key: string,
  headers: Record<string, string>,
): Promise<Response> {
  return fetch(`${url}/b/${key}`, {
    method: "PUT",
    headers: { "x-amz-copy-source": "b/source", ...headers },
  });
}

Deno.test("CopyObject", async (test) => {
  await using endpoint = await openEndpoint();
  const put = await fetch(`${endpoint.url}/b/source`, {
    method: "PUT",
    body: "hello",
    headers: {
      "content-type": "text/plain",
      "cache-control": "no-cache",
      "x-amz-meta-color": "red",
      "x-amz-storage-class": "GLACIER_IR",
    },
  });
  const etag = put.headers.get("etag") ?? "";
  const read = (key: string) => fetch(`${endpoint.url}/b/${key}`);

  await test.step("copies bytes and metadata, and answers with the copy's ETag", async () => {
    const response = await copy(endpoint, "copy", {});
    assert.equal(response.status, 200);
    const text = await response.text();
    assert.match(text, /<CopyObjectResult xmlns="http:\/\/s3.amazonaws.com\/doc\/2006-03-01\/">/);
    assert(text.includes(`<ETag>${etag.replaceAll('"', "&quot;")}</ETag>`), text);
    assert.match(text, /<LastModified>[\d-]+T[\d:]+\.000Z<\/LastModified>/);
    const copied = await read("copy");
    assert.equal(await copied.text(), "hello");
    assert.equal(copied.headers.get("content-type"), "text/plain");
    assert.equal(copied.headers.get("cache-control"), "no-cache");
    assert.equal(copied.headers.get("x-amz-meta-color"), "red");
    assert.equal(copied.headers.get("x-amz-storage-class"), null);
  });

  await test.step("replaces metadata when it is told to", async () => {
    await copy(endpoint, "replaced", {
      "x-amz-metadata-directive": "REPLACE",
      "content-type": "text/html",
      "x-amz-meta-shape": "round",
    });
    const copied = await read("replaced");
    await copied.text();
    assert.equal(copied.headers.get("content-type"), "text/html");
    assert.equal(copied.headers.get("x-amz-meta-shape"), "round");
    assert.equal(copied.headers.get("x-amz-meta-color"), null);
    assert.equal(copied.headers.get("cache-control"), null);
  });

  await test.step("replaces an object's own metadata", async () => {
    await copy(endpoint, "self", {});
    const headers = { "x-amz-copy-source": "/b/self", "x-amz-metadata-directive": "REPLACE" };
    const response = await copy(endpoint, "self", { ...headers, "x-amz-meta-new": "1" });
    assert.equal(response.status, 200);
    const copied = await read("self");
    assert.equal(await copied.text(), "hello");
    assert.equal(copied.headers.get("x-amz-meta-new"), "1");
  });

  await test.step("computes another checksum when it is asked for", async () => {
    const response = await copy(endpoint, "summed", { "x-amz-checksum-algorithm": "CRC32" });
    assert.match(await response.text(), /<ChecksumCRC32>NhCmhg==<\/ChecksumCRC32>/);
  });

  const conditions: readonly [headers: Record<string, string>, status: number][] = [
    [{ "x-amz-copy-source-if-match": etag }, 200],
    [{ "x-amz-copy-source-if-match": '"other"' }, 412],
    [{ "x-amz-copy-source-if-none-match": '"other"' }, 200],
    [{ "x-amz-copy-source-if-none-match": etag }, 412],
    [{ "x-amz-copy-source-if-modified-since": PAST }, 200],
    [{ "x-amz-copy-source-if-unmodified-since": PAST }, 412],
    [{ "x-amz-copy-source-if-match": etag, "x-amz-copy-source-if-unmodified-since": PAST }, 200],
    [{ "x-amz-copy-source-if-none-match": etag, "x-amz-copy-source-if-modified-since": PAST }, 412],
    [{ "if-none-match": "*" }, 200],
    [{ "if-match": etag }, 200],
    [{ "if-none-match": "*" }, 412],
    [{ "if-match": '"other"' }, 412],
  ];
  await fetch(`${endpoint.url}/b/target`, { method: "DELETE" });
  for (const [headers, status] of conditions) {
    await test.step(`${JSON.stringify(headers)} → ${status}`, async () => {
      const key = Object.keys(headers).some((name) => name.startsWith("if-")) ? "target" : "other";
      const response = await copy(endpoint, key, headers);
      await response.text();
      assert.equal(response.status, status);
    });
  }

  const refused: readonly [
    what: string,
    key: string,
    headers: Record<string, string>,
    code: string,
  ][] = [
    ["onto itself without a change", "source", {}, "InvalidRequest"],
    ["from a key that is not there", "k", { "x-amz-copy-source": "b/none" }, "NoSuchKey"],
    ["from a bucket that is not there", "k", { "x-amz-copy-source": "none/k" }, "NoSuchBucket"],
    ["from no key", "k", { "x-amz-copy-source": "b" }, "InvalidArgument"],
    ["from a version", "k", { "x-amz-copy-source": "b/source?versionId=1" }, "NotImplemented"],
    ["with an unknown directive", "k", { "x-amz-metadata-directive": "MERGE" }, "InvalidArgument"],
    ["with tags", "k", { "x-amz-tagging": "a=b" }, "NotImplemented"],
    ["onto a key that is not there, with If-Match", "k", { "if-match": etag }, "NoSuchKey"],
  ];
  for (const [what, key, headers, code] of refused) {
    await test.step(`refuses a copy ${what} as ${code}`, async () => {
      assert.equal(await errorCode(await copy(endpoint, key, headers)), code);
    });
  }
});

Deno.test("CopyObject does not copy what the caller may not see", async () => {
  const owner = accessKey("owner", { buckets: new Set(["b", "c"]) });
  const other = accessKey("other", { buckets: new Set(["c"]) });
  await using endpoint = await openEndpoint({ credentials: credentials([owner, other]) });
  await endpoint.fixture.storage.createBucket("c", "");
  const ownersClient = s3Client(targetOf(endpoint, owner));
  await ownersClient.send(new PutObjectCommand({ Bucket: "b", Key: "k", Body: "x" }));
  const command = () => new CopyObjectCommand({ Bucket: "c", Key: "k", CopySource: "b/k" });
  await assert.rejects(s3Client(targetOf(endpoint, other)).send(command()), {
    name: "AccessDenied",
  });
  await ownersClient.send(command());
});
