import assert from "node:assert/strict";
import { objectResponseHeaders, parseObjectHeaders } from "../../src/s3api/object_headers.ts";
import { storedObject } from "./stored_object.ts";

const SENT = {
  "content-type": "text/plain",
  "cache-control": "no-cache",
  "content-disposition": 'attachment; filename="a"',
  "content-encoding": "gzip",
  "content-language": "de",
  "expires": "Thu, 01 Dec 2033 16:00:00 GMT",
  "x-amz-website-redirect-location": "/b",
  "x-amz-storage-class": "STANDARD_IA",
  "x-amz-meta-color": "red",
  "x-amz-meta-empty": "",
};

Deno.test("headers of a request come back with the object", () => {
  const headers = parseObjectHeaders(new Headers(SENT));
  const answer = objectResponseHeaders(storedObject({ headers }), new Map());
  for (const [name, value] of Object.entries(SENT)) assert.equal(answer.get(name), value, name);
});

Deno.test("what a request does not say is left to S3's defaults", () => {
  const answer = objectResponseHeaders(
    storedObject({ headers: parseObjectHeaders(new Headers()) }),
    new Map(),
  );
  assert.deepEqual(Object.fromEntries(answer), {
    "accept-ranges": "bytes",
    "content-type": "binary/octet-stream",
    "etag": '"9a0364b9e99bb480dd25e1f0284c8555"',
    "last-modified": "Sun, 05 May 2024 10:00:00 GMT",
  });
});

Deno.test("response-* parameters override headers of one answer", () => {
  const object = storedObject({ headers: parseObjectHeaders(new Headers(SENT)) });
  const answer = objectResponseHeaders(
    object,
    new Map([
      ["response-content-type", "image/png"],
      ["response-content-disposition", 'inline; filename="é"'],
      ["response-expires", "0"],
      ["response-cache-control", "private"],
      ["response-content-encoding", "identity"],
      ["response-content-language", "en"],
    ]),
  );
  assert.equal(answer.get("content-type"), "image/png");
  assert.equal(answer.get("content-disposition"), 'inline; filename="Ã©"');
  assert.equal(answer.get("expires"), "0");
  assert.equal(answer.get("cache-control"), "private");
  assert.equal(answer.get("content-encoding"), "identity");
  assert.equal(answer.get("content-language"), "en");
});

Deno.test("an override that no header can carry is InvalidArgument", () => {
  assert.throws(
    () => objectResponseHeaders(storedObject(), new Map([["response-content-type", "a\r\nb: c"]])),
    { code: "InvalidArgument" },
  );
});

Deno.test("aws-chunked is not kept as a content encoding", () => {
  const kept = (value: string) =>
    parseObjectHeaders(new Headers({ "content-encoding": value })).contentEncoding;
  assert.equal(kept("aws-chunked"), undefined);
  assert.equal(kept("aws-chunked,gzip"), "gzip");
  assert.equal(kept("gzip, aws-chunked"), "gzip");
  assert.equal(kept("gzip"), "gzip");
});

Deno.test("metadata may take 2,048 bytes and no more", () => {
  const metadata = (size: number) =>
    parseObjectHeaders(new Headers({ "x-amz-meta-k": "v".repeat(size - 1) })).metadata;
  assert.equal(metadata(2_048).k.length, 2_047);
  assert.throws(() => metadata(2_049), { code: "MetadataTooLarge" });
});

Deno.test("kept headers fit into the answers that clients read", () => {
  const kept = (size: number) =>
    parseObjectHeaders(
      new Headers({ "cache-control": "c".repeat(size - 1), "content-language": "d" }),
    );
  assert.equal(kept(8_192).contentLanguage, "d");
  assert.throws(() => kept(8_193), { code: "RequestHeaderSectionTooLarge" });
});

Deno.test("metadata of any name is only data", () => {
  const headers = new Headers({ "x-amz-meta-__proto__": "x", "x-amz-meta-constructor": "y" });
  const { metadata } = parseObjectHeaders(headers);
  assert.deepEqual(Object.entries(metadata), [["__proto__", "x"], ["constructor", "y"]]);
});

Deno.test("an unknown storage class is refused, the default one is not kept", () => {
  const parse = (value: string) =>
    parseObjectHeaders(new Headers({ "x-amz-storage-class": value })).storageClass;
  assert.equal(parse("STANDARD"), undefined);
  assert.equal(parse("GLACIER_IR"), "GLACIER_IR");
  assert.throws(() => parse("FROZEN"), { code: "InvalidStorageClass" });
});
