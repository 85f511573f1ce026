import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { rawRequest } from "../harness/raw_http.ts";
import { errorCode, openEndpoint, type TestEndpoint } from "./endpoint.ts";

const BODY = "hello world";
const MD5 = createHash("md5").update(BODY);
const MD5_HEX = MD5.copy().digest("hex");
const MD5_BASE64 = MD5.copy().digest("base64");
const CRC32 = crc32Of(BODY);

function crc32Of(text: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return bytes.toString("base64");
}

function put(
  { url }: TestEndpoint,
  key: string,
  body: BodyInit | null = BODY,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${url}/b/${key}`, { method: "PUT", body, headers });
}

async function get({ url }: TestEndpoint, key: string): Promise<Response> {
  return await fetch(`${url}/b/${key}`);
}

/** Nothing was stored, and nothing is counted. */
async function assertNothingStored(endpoint: TestEndpoint, key: string): Promise<void> {
  const response = await get(endpoint, key);
  assert.equal(await errorCode(response), "NoSuchKey");
  assert.equal(await endpoint.bytesUsed(), 0);
}

Deno.test("PutObject", async (test) => {
  await using endpoint = await openEndpoint();

  await test.step("answers with the ETag, and the object reads back", async () => {
    const response = await put(endpoint, "plain");
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("etag"), `"${MD5_HEX}"`);
    assert.equal(await response.text(), "");
    const read = await get(endpoint, "plain");
    assert.equal(await read.text(), BODY);
    assert.equal(read.headers.get("etag"), `"${MD5_HEX}"`);
    assert.equal(read.headers.get("content-length"), "11");
  });

  await test.step("stores an empty object", async () => {
    assert.equal((await put(endpoint, "empty", "")).status, 200);
    const read = await get(endpoint, "empty");
    assert.deepEqual([read.status, await read.text()], [200, ""]);
  });

  await test.step("stores a large object as it streams by", async () => {
    const large = new Uint8Array(5_000_000).map((_, at) => at % 251);
    const etag = createHash("md5").update(large).digest("hex");
    const response = await put(endpoint, "large", large);
    assert.equal(response.headers.get("etag"), `"${etag}"`);
    assert.deepEqual(new Uint8Array(await (await get(endpoint, "large")).arrayBuffer()), large);
  });

  await test.step("stores a body whose length nobody told", async () => {
    const pieces = ReadableStream.from(
      ["a", "b".repeat(400_000), "c"].map((piece) => new TextEncoder().encode(piece)),
    );
    assert.equal((await put(endpoint, "unknown-length", pieces)).status, 200);
    assert.equal((await (await get(endpoint, "unknown-length")).text()).length, 400_002);
  });

  await test.step("keeps headers and metadata", async () => {
    const headers = {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "max-age=60",
      "content-disposition": "attachment",
      "content-encoding": "identity",
      "content-language": "de",
      "expires": "Thu, 01 Dec 2033 16:00:00 GMT",
      "x-amz-meta-color": "red",
      "x-amz-meta-bytes": "Ã©",
      "x-amz-storage-class": "STANDARD_IA",
    };
    assert.equal((await put(endpoint, "headers", BODY, headers)).status, 200);
    const read = await get(endpoint, "headers");
    await read.body?.cancel();
    for (const [name, value] of Object.entries(headers)) {
      assert.equal(read.headers.get(name), value, name);
    }
  });

  await test.step("answers with the checksum that it verified", async () => {
    const response = await put(endpoint, "checksum", BODY, { "x-amz-checksum-crc32": CRC32 });
    assert.equal(response.headers.get("x-amz-checksum-crc32"), CRC32);
    assert.equal(response.headers.get("x-amz-checksum-type"), "FULL_OBJECT");
  });

  await test.step("overwrites", async () => {
    await put(endpoint, "again", "one");
    await put(endpoint, "again", "two");
    assert.equal(await (await get(endpoint, "again")).text(), "two");
  });

  const keys = [
    "a b",
    "a+b",
    "a%b",
    "//",
    "a/../b",
    "./x",
    "dir/",
    "é😀",
    "a\\b",
    "a?b#c",
    "\u0001",
  ];
  for (const key of keys) {
    await test.step(`stores under the key ${JSON.stringify(key)}`, async () => {
      assert.equal(await putRaw(endpoint, `/b/${encodeURIComponent(key)}`, BODY), 200);
      const object = await endpoint.fixture.storage.headObject("b", key);
      assert.equal(object.size, 11);
    });
  }
});

/** The status of a PUT whose target goes out as it is: `fetch` would fold dots and backslashes. */
async function putRaw({ url }: TestEndpoint, target: string, body: string): Promise<number> {
  const head = `PUT ${target} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`;
  const outcome = await rawRequest(url, head + body);
  assert(typeof outcome === "object");
  return outcome.status;
}

Deno.test("PutObject with a condition", async (test) => {
  await using endpoint = await openEndpoint();

  await test.step("If-None-Match: * lets the first write in and no other", async () => {
    const first = await put(endpoint, "once", "one", { "if-none-match": "*" });
    assert.equal(first.status, 200);
    const second = await put(endpoint, "once", "two", { "if-none-match": "*" });
    assert.equal(second.status, 412);
    assert.equal(await errorCode(second), "PreconditionFailed");
    assert.equal(await (await get(endpoint, "once")).text(), "one");
  });

  await test.step("If-Match lets in whoever knows what is there", async () => {
    const etag = (await put(endpoint, "match", "one")).headers.get("etag") ?? "";
    assert.equal((await put(endpoint, "match", "two", { "if-match": etag })).status, 200);
    const stale = await put(endpoint, "match", "three", { "if-match": etag });
    assert.equal(await errorCode(stale), "PreconditionFailed");
    assert.equal(await (await get(endpoint, "match")).text(), "two");
  });

  await test.step("If-Match on a key that is not there is 404 NoSuchKey", async () => {
    const response = await put(endpoint, "absent", "one", { "if-match": `"${MD5_HEX}"` });
    assert.equal(response.status, 404);
    assert.equal(await errorCode(response), "NoSuchKey");
  });

  await test.step("any other condition is 501 NotImplemented", async () => {
    const response = await put(endpoint, "once", "two", { "if-none-match": '"abc"' });
    assert.equal(response.status, 501);
    assert.equal(await errorCode(response), "NotImplemented");
  });

  await test.step("many writers with If-None-Match: * have one winner", async () => {
    const writers = Array.from(
      { length: 20 },
      (_, at) => put(endpoint, "race", `writer ${at}`, { "if-none-match": "*" }),
    );
    const answers = await Promise.all(writers);
    const statuses = answers.map((answer) => answer.status);
    await Promise.all(answers.map((answer) => answer.body?.cancel()));
    assert.deepEqual(statuses.toSorted(), [200, ...Array<number>(19).fill(412)]);
    const winner = await (await get(endpoint, "race")).text();
    assert.equal(winner, `writer ${statuses.indexOf(200)}`);
  });
});

const large = "x".repeat(600_000);
const FAULTS: Readonly<
  Record<string, [body: string, headers: Record<string, string>, code: string]>
> = {
  "a wrong Content-MD5": ["other", { "content-md5": MD5_BASE64 }, "BadDigest"],
  "a wrong Content-MD5 of a large body": [large, { "content-md5": MD5_BASE64 }, "BadDigest"],
  "a malformed Content-MD5": [BODY, { "content-md5": "x" }, "InvalidDigest"],
  "a wrong checksum": ["other", { "x-amz-checksum-crc32": CRC32 }, "BadDigest"],
  "a wrong checksum of a large body": [large, { "x-amz-checksum-crc32": CRC32 }, "BadDigest"],
  "a malformed checksum": [BODY, { "x-amz-checksum-crc32": "x" }, "InvalidRequest"],
  "too much metadata": [BODY, { "x-amz-meta-k": "v".repeat(2_048) }, "MetadataTooLarge"],
  "an unknown storage class": [BODY, { "x-amz-storage-class": "ICE" }, "InvalidStorageClass"],
  "tags": [BODY, { "x-amz-tagging": "a=b" }, "NotImplemented"],
  "an ACL": [BODY, { "x-amz-acl": "public-read" }, "AccessControlListNotSupported"],
  "a body that is too large": ["x".repeat(2_000_001), {}, "EntityTooLarge"],
};

Deno.test("PutObject stores nothing", async (test) => {
  await using endpoint = await openEndpoint({ maxObjectSize: 2_000_000, quotas: [1_000_000] });
  for (const [what, [body, headers, code]] of Object.entries(FAULTS)) {
    await test.step(`with ${what}`, async () => {
      const response = await put(endpoint, "k", body, headers);
      assert.equal(await errorCode(response), code);
      await assertNothingStored(endpoint, "k");
    });
  }

  await test.step("where no backend has room", async () => {
    const response = await put(endpoint, "k", "x".repeat(1_000_001));
    assert.equal(response.status, 507);
    assert.equal(await errorCode(response), "InsufficientStorage");
    await assertNothingStored(endpoint, "k");
  });

  await test.step("in a bucket that does not exist", async () => {
    const response = await fetch(`${endpoint.url}/none/k`, { method: "PUT", body: BODY });
    assert.equal(await errorCode(response), "NoSuchBucket");
  });
});
