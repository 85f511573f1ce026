import assert from "node:assert/strict";
import { errorCode, openEndpoint, type TestEndpoint } from "./endpoint.ts";
import { uploadInParts } from "./parts.ts";

const BODY = "0123456789";

interface Case {
  readonly what: string;
  readonly headers?: Record<string, string>;
  readonly query?: string;
  readonly status: number;
  readonly body?: string;
  readonly code?: string;
  readonly answer?: Record<string, string>;
}

const PAST = "Thu, 01 Jan 2015 00:00:00 GMT";
const FUTURE = "Fri, 01 Jan 2100 00:00:00 GMT";

const CASES: readonly Case[] = [
  { what: "all of it", status: 200, body: BODY, answer: { "accept-ranges": "bytes" } },
  {
    what: "a range with both ends",
    headers: { range: "bytes=2-4" },
    status: 206,
    body: "234",
    answer: { "content-range": "bytes 2-4/10", "content-length": "3" },
  },
  {
    what: "a range from an offset",
    headers: { range: "bytes=7-" },
    status: 206,
    body: "789",
    answer: { "content-range": "bytes 7-9/10" },
  },
  {
    what: "the last bytes",
    headers: { range: "bytes=-4" },
    status: 206,
    body: "6789",
    answer: { "content-range": "bytes 6-9/10" },
  },
  {
    what: "a range that reaches beyond the end",
    headers: { range: "bytes=8-100" },
    status: 206,
    body: "89",
    answer: { "content-range": "bytes 8-9/10" },
  },
  {
    what: "a range beyond the end",
    headers: { range: "bytes=10-" },
    status: 416,
    code: "InvalidRange",
    answer: { "content-range": "bytes */10" },
  },
  { what: "several ranges", headers: { range: "bytes=0-1,4-5" }, status: 200, body: BODY },
  { what: "a malformed range", headers: { range: "bytes=x" }, status: 200, body: BODY },
  {
    what: "a range of what the client has begun to read",
    headers: { range: "bytes=2-4", "if-range": "ETAG" },
    status: 206,
    body: "234",
  },
  {
    what: "a range of something else",
    headers: { range: "bytes=2-4", "if-range": '"other"' },
    status: 200,
    body: BODY,
  },
  { what: "If-Match that holds", headers: { "if-match": "ETAG" }, status: 200, body: BODY },
  {
    what: "If-Match that does not",
    headers: { "if-match": '"other"' },
    status: 412,
    code: "PreconditionFailed",
  },
  {
    what: "If-None-Match of the same",
    headers: { "if-none-match": "ETAG" },
    status: 304,
    body: "",
    answer: { etag: "ETAG" },
  },
  {
    what: "If-None-Match of another",
    headers: { "if-none-match": '"other"' },
    status: 200,
    body: BODY,
  },
  {
    what: "If-Modified-Since the future",
    headers: { "if-modified-since": FUTURE },
    status: 304,
    body: "",
  },
  {
    what: "If-Modified-Since the past",
    headers: { "if-modified-since": PAST },
    status: 200,
    body: BODY,
  },
  {
    what: "If-Unmodified-Since the past",
    headers: { "if-unmodified-since": PAST },
    status: 412,
    code: "PreconditionFailed",
  },
  {
    what: "If-Match that holds, with If-Unmodified-Since that does not",
    headers: { "if-match": "ETAG", "if-unmodified-since": PAST },
    status: 200,
    body: BODY,
  },
  {
    what: "If-None-Match of another, with If-Modified-Since that would be 304",
    headers: { "if-none-match": '"other"', "if-modified-since": FUTURE },
    status: 200,
    body: BODY,
  },
  {
    what: "overridden headers",
    query:
      "?response-content-type=image/png&response-content-disposition=inline%3B%20filename%3Da" +
      "&response-cache-control=no-store&response-expires=0&response-content-language=fr" +
      "&response-content-encoding=x",
    status: 200,
    body: BODY,
    answer: {
      "content-type": "image/png",
      "content-disposition": "inline; filename=a",
      "cache-control": "no-store",
      "expires": "0",
      "content-language": "fr",
      "content-encoding": "x",
    },
  },
  {
    what: "part 1 of an object without parts",
    query: "?partNumber=1",
    status: 206,
    body: BODY,
    answer: { "content-range": "bytes 0-9/10" },
  },
  {
    what: "part 2 of an object without parts",
    query: "?partNumber=2",
    status: 416,
    code: "InvalidPartNumber",
  },
  { what: "part 0", query: "?partNumber=0", status: 400, code: "InvalidArgument" },
  { what: "part x", query: "?partNumber=x", status: 400, code: "InvalidArgument" },
  {
    what: "a part and a range",
    query: "?partNumber=1",
    headers: { range: "bytes=0-1" },
    status: 400,
    code: "InvalidRequest",
  },
  { what: "a version", query: "?versionId=abc", status: 501, code: "NotImplemented" },
  { what: "the null version", query: "?versionId=null", status: 200, body: BODY },
  {
    what: "the checksum",
    headers: { "x-amz-checksum-mode": "ENABLED" },
    status: 200,
    body: BODY,
    answer: { "x-amz-checksum-crc32": "poTHxg==", "x-amz-checksum-type": "FULL_OBJECT" },
  },
];

Deno.test("GetObject and HeadObject", async (test) => {
  await using endpoint = await openEndpoint();
  const url = `${endpoint.url}/b/k`;
  const stored = await fetch(url, {
    method: "PUT",
    body: BODY,
    headers: { "content-type": "text/plain", "x-amz-checksum-crc32": "poTHxg==" },
  });
  assert.equal(stored.status, 200);
  const etag = stored.headers.get("etag") ?? "";

  for (const { what, headers = {}, query = "", status, body, code, answer = {} } of CASES) {
    const sent = Object.entries(headers).map((
      [name, value],
    ) => [name, value.replace("ETAG", etag)]);

    await test.step(`GET: ${what} → ${status}`, async () => {
      const response = await fetch(url + query, { headers: Object.fromEntries(sent) });
      assert.equal(response.status, status);
      for (const [name, value] of Object.entries(answer)) {
        assert.equal(response.headers.get(name), value.replace("ETAG", etag), name);
      }
      if (code !== undefined) assert.equal(await errorCode(response), code);
      else assert.equal(await response.text(), body);
    });

    await test.step(`HEAD: ${what} → ${status}`, async () => {
      const response = await fetch(url + query, {
        method: "HEAD",
        headers: Object.fromEntries(sent),
      });
      assert.equal(response.status, status);
      assert.equal(await response.text(), "");
      for (const [name, value] of Object.entries(answer)) {
        assert.equal(response.headers.get(name), value.replace("ETAG", etag), name);
      }
      if (body !== undefined && status !== 304) {
        assert.equal(response.headers.get("content-length"), String(body.length));
      }
    });
  }

  await test.step("no checksum is told that nobody asked for, nor of a range", async () => {
    const plain = await fetch(url);
    await plain.text();
    assert.equal(plain.headers.get("x-amz-checksum-crc32"), null);
    const range = await fetch(url, {
      headers: { "x-amz-checksum-mode": "ENABLED", "range": "bytes=0-1" },
    });
    await range.text();
    assert.equal(range.headers.get("x-amz-checksum-crc32"), null);
  });

  await test.step("a key that is not there is 404 NoSuchKey, without a body for HEAD", async () => {
    const got = await fetch(`${url}-none`);
    assert.equal(got.status, 404);
    assert.equal(await errorCode(got), "NoSuchKey");
    const head = await fetch(`${url}-none`, { method: "HEAD" });
    assert.deepEqual([head.status, await head.text()], [404, ""]);
  });

  await test.step("an object that was uploaded in parts is read by its parts", async () => {
    await uploadInParts(endpoint, "parts", ["a".repeat(5 * 1_024 * 1_024), "tail"]);
    await assertPart(endpoint, 2, "tail", "bytes 5242880-5242883/5242884");
    const missing = await fetch(`${endpoint.url}/b/parts?partNumber=3`);
    assert.equal(await errorCode(missing), "InvalidPartNumber");
  });

  await test.step("a range of an empty object is 416, and its part 1 is nothing", async () => {
    await fetch(`${endpoint.url}/b/empty`, { method: "PUT", body: "" });
    const range = await fetch(`${endpoint.url}/b/empty`, { headers: { range: "bytes=0-" } });
    assert.equal(await errorCode(range), "InvalidRange");
    const part = await fetch(`${endpoint.url}/b/empty?partNumber=1`);
    assert.deepEqual([part.status, await part.text()], [200, ""]);
  });
});

async function assertPart(
  { url }: TestEndpoint,
  partNumber: number,
  body: string,
  range: string,
): Promise<void> {
  for (const method of ["GET", "HEAD"]) {
    const response = await fetch(`${url}/b/parts?partNumber=${partNumber}`, { method });
    assert.equal(response.status, 206);
    assert.equal(response.headers.get("content-range"), range);
    assert.equal(response.headers.get("x-amz-mp-parts-count"), "2");
    assert.equal(response.headers.get("content-length"), String(body.length));
    assert.equal(await response.text(), method === "GET" ? body : "");
  }
}

Deno.test("a client that takes no byte of a large object is cut off", async () => {
  await using endpoint = await openEndpoint({
    stallTimeout: 200,
    downloadLimits: { slowest: 100_000_000 },
  });
  await fetch(`${endpoint.url}/b/large`, { method: "PUT", body: new Uint8Array(50_000_000) });
  using connection = await Deno.connect({ port: endpoint.port });
  await connection.write(new TextEncoder().encode("GET /b/large HTTP/1.1\r\nHost: x\r\n\r\n"));
  await new Promise((resolve) => setTimeout(resolve, 1_500));

  let received = 0;
  const buffer = new Uint8Array(1_024 * 1_024);
  for (;;) {
    const read = await connection.read(buffer).catch(() => null);
    if (read === null) break;
    received += read;
  }
  assert(received < 50_000_000, `all ${received} bytes came`);
});
