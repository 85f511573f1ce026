import assert from "node:assert/strict";
import fc from "fast-check";
import { locate, parseQuery, splitTarget } from "../../src/s3api/request_target.ts";
import { encodePath } from "../../src/sigv4/uri_encoding.ts";

Deno.test("splitTarget keeps the target as it came", () => {
  assert.deepEqual(splitTarget("http://h:9000/b/a/../b//%2e?x=%2F&y"), {
    origin: "http://h:9000",
    rawPath: "/b/a/../b//%2e",
    rawQuery: "x=%2F&y",
  });
  assert.deepEqual(splitTarget("http://h"), { origin: "http://h", rawPath: "/", rawQuery: "" });
});

const PATHS: readonly [rawPath: string, bucket: string, key: string][] = [
  ["/", "", ""],
  ["/b", "b", ""],
  ["/b/", "b", ""],
  ["/b/k", "b", "k"],
  ["/b//k", "b", "/k"],
  ["/b/a/../b/./c/", "b", "a/../b/./c/"],
  ["/b/%2e%2e/x", "b", "../x"],
  ["/b/a%2Fb", "b", "a/b"],
  ["/b/a+b", "b", "a+b"],
  ["/b/a%20b%25c", "b", "a b%c"],
  ["/b/%F0%9F%98%80", "b", "😀"],
  ["/b/é", "b", "é"],
  ["/b/a\\b", "b", "a\\b"],
  ["/%62/k", "b", "k"],
];

for (const [rawPath, bucket, key] of PATHS) {
  Deno.test(`${rawPath} is the key ${JSON.stringify(key)} of the bucket "${bucket}"`, () => {
    assert.deepEqual(locate(rawPath, "h", undefined), { bucket, key });
  });
}

const IMPOSSIBLE: readonly [rawPath: string, code: string][] = [
  ["/b/%", "InvalidURI"],
  ["/b/%zz", "InvalidURI"],
  ["/b/%ff", "InvalidURI"],
  ["/b/%c3%28", "InvalidURI"],
  ["/b/a%00b", "InvalidURI"],
  ["/%ff/k", "InvalidURI"],
  [`/b/${"k".repeat(1_025)}`, "KeyTooLongError"],
  [`/b/${"%C3%A9".repeat(513)}`, "KeyTooLongError"],
  ["//k", "InvalidBucketName"],
];

for (const [rawPath, code] of IMPOSSIBLE) {
  Deno.test(`${rawPath.slice(0, 30)} is refused as ${code}`, () => {
    assert.throws(() => locate(rawPath, "h", undefined), { code });
  });
}

Deno.test("a key may have 1,024 bytes", () => {
  const key = "é".repeat(512);
  assert.equal(locate(`/b/${encodePath(key)}`, "h", undefined).key, key);
});

Deno.test("every key comes back from its encoding", () => {
  const anyKey = fc.string({ unit: "binary", minLength: 1, maxLength: 300 }).filter((key) =>
    key.isWellFormed() && !key.includes("\0")
  );
  fc.assert(fc.property(anyKey, (key) => {
    assert.deepEqual(locate(`/b/${encodePath(key)}`, "h", undefined), { bucket: "b", key });
  }));
});

const HOSTS: readonly [host: string, bucket: string, key: string][] = [
  ["photos.s3.example.com", "photos", "b/k"],
  ["photos.s3.example.com:9000", "photos", "b/k"],
  ["PHOTOS.S3.Example.com", "photos", "b/k"],
  ["my.photos.s3.example.com", "my.photos", "b/k"],
  ["s3.example.com", "b", "k"],
  [".s3.example.com", "b", "k"],
  ["127.0.0.1:9000", "b", "k"],
  ["nots3.example.com", "b", "k"],
];

for (const [host, bucket, key] of HOSTS) {
  Deno.test(`/b/k at ${host} is ${key} in ${bucket}`, () => {
    assert.deepEqual(locate("/b/k", host, "s3.example.com"), { bucket, key });
  });
}

Deno.test("parseQuery decodes names and values, and the first of a name counts", () => {
  assert.deepEqual(
    [...parseQuery("prefix=a%2Fb+c&acl&x=&prefix=z&&%6d=1&e=a=b")],
    [["prefix", "a/b c"], ["acl", ""], ["x", ""], ["m", "1"], ["e", "a=b"]],
  );
});

Deno.test("parseQuery refuses what is no UTF-8, and NUL", () => {
  assert.throws(() => parseQuery("prefix=%ff"), { code: "InvalidURI" });
  assert.throws(() => parseQuery("prefix=%zz"), { code: "InvalidURI" });
  assert.throws(() => parseQuery("prefix=a%00"), { code: "InvalidArgument" });
});
