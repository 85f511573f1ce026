import assert from "node:assert/strict";
import { withHoistedHeaders } from "../../src/s3api/hoisted_headers.ts";

const hoist = (query: Record<string, string>, headers: Record<string, string> = {}) =>
  withHoistedHeaders(new Headers(headers), new Map(Object.entries(query)));

Deno.test("x-amz- parameters of a presigned URL count as headers", () => {
  const headers = hoist({ "x-amz-meta-Color": "red", "X-Amz-Storage-Class": "GLACIER_IR" });
  assert.equal(headers.get("x-amz-meta-color"), "red");
  assert.equal(headers.get("x-amz-storage-class"), "GLACIER_IR");
});

Deno.test("a header outweighs the parameter of the same name", () => {
  const headers = hoist({ "x-amz-meta-color": "red" }, { "x-amz-meta-color": "blue" });
  assert.equal(headers.get("x-amz-meta-color"), "blue");
});

Deno.test("the parts of a signature, and other parameters, are no headers", () => {
  const headers = hoist({ "X-Amz-Signature": "ab", "X-Amz-Date": "20260101", "prefix": "x" });
  assert.deepEqual([...headers], []);
});

Deno.test("the checksum that a presigner computes of no body is nobody's", () => {
  const headers = hoist({
    "x-amz-checksum-crc32": "AAAAAA==",
    "X-Amz-Checksum-Sha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    "x-amz-sdk-checksum-algorithm": "CRC32",
    "x-amz-checksum-mode": "ENABLED",
  });
  assert.deepEqual([...headers], [["x-amz-checksum-mode", "ENABLED"]]);
});

Deno.test("what no header can carry is refused", () => {
  assert.throws(() => hoist({ "x-amz-meta-a b": "x" }), { code: "InvalidArgument" });
  assert.throws(() => hoist({ "x-amz-meta-a": "x\r\ny: z" }), { code: "InvalidArgument" });
});
