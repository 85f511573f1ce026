import assert from "node:assert/strict";
import { isFoldedByUrl, S3Address } from "../../src/backends/s3_address.ts";

Deno.test("S3Address puts the bucket where the store expects it", () => {
  const cases = [
    ["https://s3.example.com", true, "https://s3.example.com", "/b", "/b/k"],
    ["https://s3.example.com", false, "https://b.s3.example.com", "/", "/k"],
    ["https://s3.example.com/", false, "https://b.s3.example.com", "/", "/k"],
    ["https://example.com/store/", true, "https://example.com", "/store/b", "/store/b/k"],
    ["https://example.com/store", false, "https://b.example.com", "/store", "/store/k"],
    ["https://s3.example.com:443", true, "https://s3.example.com", "/b", "/b/k"],
    ["http://s3.example.com:9000", false, "http://b.s3.example.com:9000", "/", "/k"],
    ["http://127.0.0.1:9000", false, "http://127.0.0.1:9000", "/b", "/b/k"],
    ["http://[::1]:9000", false, "http://[::1]:9000", "/b", "/b/k"],
  ] as const;
  for (const [endpoint, forcePathStyle, origin, bucketPath, objectPath] of cases) {
    const address = new S3Address({ endpoint, bucket: "b", forcePathStyle });
    assert.equal(address.origin, origin);
    assert.equal(`${new URL(origin).protocol}//${address.host}`, origin);
    assert.equal(address.bucketPath, bucketPath);
    assert.equal(address.objectPath("k"), objectPath);
  }
});

Deno.test("S3Address encodes keys as they are signed", () => {
  const address = new S3Address({ endpoint: "http://a", bucket: "b", forcePathStyle: true });
  assert.equal(address.objectPath("x y+z/é?#%&"), "/b/x%20y%2Bz/%C3%A9%3F%23%25%26");
  assert.equal(address.copySource("x y/é"), "/b/x%20y/%C3%A9");
});

Deno.test("isFoldedByUrl is true for just the keys that a URL parser changes", () => {
  const keys = [
    "a",
    "a.b",
    "a/.b",
    "a/..b/c",
    ".",
    "..",
    "a/.",
    "./a",
    "a/../b",
    "...",
    "a//b",
    ".a.",
  ];
  const address = new S3Address({ endpoint: "http://a", bucket: "b", forcePathStyle: true });
  for (const key of keys) {
    const path = address.objectPath(key);
    assert.equal(isFoldedByUrl(key), new URL(address.origin + path).pathname !== path, key);
  }
});
