import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { readSmallBody } from "../../src/s3api/small_body.ts";
import { bodyRequest } from "./body_request.ts";

const SERVICES = { stallTimeout: 60_000 };
const MD5 = createHash("md5").update("<Delete/>").digest("base64");
const SHA256 = createHash("sha256").update("<Delete/>").digest("base64");

Deno.test("readSmallBody gives the whole body, and nothing for none", async () => {
  const body = await readSmallBody(bodyRequest(["<Del", "ete/>"]), SERVICES, 100);
  assert.equal(Buffer.from(body).toString(), "<Delete/>");
  const none = await readSmallBody({ ...bodyRequest([]), body: null }, SERVICES, 100);
  assert.equal(none.length, 0);
});

Deno.test("readSmallBody stops at its limit", async () => {
  const request = bodyRequest(["x".repeat(60), "x".repeat(60)]);
  await assert.rejects(readSmallBody(request, SERVICES, 100), { code: "MaxMessageLengthExceeded" });
});

Deno.test("readSmallBody reads nothing of what is said to be beyond its limit", async () => {
  const body = new ReadableStream<Uint8Array>({ pull: () => assert.fail("was read") }, {
    highWaterMark: 0,
  });
  const request = { ...bodyRequest([], { "content-length": "101" }), body };
  await assert.rejects(readSmallBody(request, SERVICES, 100), { code: "MaxMessageLengthExceeded" });
});

Deno.test("readSmallBody verifies what the client declares", async () => {
  const wrong = { "content-md5": createHash("md5").update("x").digest("base64") };
  await assert.rejects(readSmallBody(bodyRequest(["<Delete/>"], wrong), SERVICES, 100), {
    code: "BadDigest",
  });
});

Deno.test("a digest that is required may be an MD5 or a checksum, but not missing", async () => {
  const read = (headers: Record<string, string>) =>
    readSmallBody(bodyRequest(["<Delete/>"], headers), SERVICES, 100, "required");
  await read({ "content-md5": MD5 });
  await read({ "x-amz-checksum-sha256": SHA256 });
  await assert.rejects(read({}), { code: "InvalidRequest" });
});

Deno.test("a checksum of the object is not held against the body", async () => {
  const request = bodyRequest(["<CompleteMultipartUpload/>"], {
    "x-amz-checksum-sha256": `${SHA256}-3`,
  });
  const body = await readSmallBody(request, SERVICES, 100, "of-object");
  assert.equal(body.length, 26);
});
