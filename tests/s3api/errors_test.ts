import assert from "node:assert/strict";
import { BackendError } from "../../src/backends/backend.ts";
import { S3_ERRORS, type S3ErrorCode } from "../../src/s3api/error_codes.ts";
import { errorResponse, type FailedRequest, S3Error, toS3Error } from "../../src/s3api/errors.ts";
import { SignatureError } from "../../src/sigv4/signature_error.ts";
import { StorageError } from "../../src/storage/storage_error.ts";

const REQUEST: FailedRequest = {
  id: "REQ1",
  hostId: "HOST1",
  method: "GET",
  rawPath: "/photos/a%20b&c",
  bucket: "photos",
  key: "a b&c",
};

const STATUS_OF: readonly (readonly [S3ErrorCode, number])[] = [
  ["AccessDenied", 403],
  ["BadDigest", 400],
  ["BucketNotEmpty", 409],
  ["ConditionalRequestConflict", 409],
  ["InsufficientStorage", 507],
  ["InternalError", 500],
  ["InvalidRange", 416],
  ["MissingContentLength", 411],
  ["MethodNotAllowed", 405],
  ["NoSuchBucket", 404],
  ["NotImplemented", 501],
  ["NotModified", 304],
  ["PreconditionFailed", 412],
  ["RequestTimeout", 400],
  ["SlowDown", 503],
];

Deno.test("errors carry the status that AWS gives", () => {
  for (const [code, status] of STATUS_OF) {
    assert.equal(new S3Error(code).status, status, code);
  }
});

Deno.test("every code has a status from 300 to 507 and a message", () => {
  for (const [code, { status, message }] of Object.entries(S3_ERRORS)) {
    assert(status >= 300 && status <= 507 && message !== "", code);
  }
});

Deno.test("errorResponse writes S3's document, escaped", async () => {
  const response = errorResponse(new S3Error("NoSuchKey"), REQUEST);
  assert.equal(response.status, 404);
  assert.equal(response.headers.get("content-type"), "application/xml");
  assert.equal(
    await response.text(),
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
      "<Error><Code>NoSuchKey</Code><Message>The key does not exist.</Message>" +
      "<Key>a b&amp;c</Key><Resource>/photos/a%20b&amp;c</Resource>" +
      "<RequestId>REQ1</RequestId><HostId>HOST1</HostId></Error>",
  );
});

Deno.test("errorResponse adds the error's own elements and headers", async () => {
  const error = new S3Error("InvalidRange", undefined, {
    detail: { ActualObjectSize: "10" },
    headers: { "content-range": "bytes */10" },
  });
  const response = errorResponse(error, REQUEST);
  assert.equal(response.status, 416);
  assert.equal(response.headers.get("content-range"), "bytes */10");
  assert.match(await response.text(), /<ActualObjectSize>10<\/ActualObjectSize>/);
});

Deno.test("errorResponse sends no body to HEAD, nor with 304", async () => {
  const head = errorResponse(new S3Error("NoSuchKey"), { ...REQUEST, method: "HEAD" });
  assert.deepEqual([head.status, await head.text()], [404, ""]);
  const error = new S3Error("NotModified", undefined, { headers: { etag: '"x"' } });
  const notModified = errorResponse(error, REQUEST);
  assert.deepEqual([notModified.status, await notModified.text()], [304, ""]);
  assert.equal(notModified.headers.get("etag"), '"x"');
});

Deno.test("toS3Error keeps the code, message and detail of faults of other rooms", () => {
  const signature = toS3Error(new SignatureError("RequestTimeTooSkewed", "m", { ServerTime: "t" }));
  assert.deepEqual([signature.code, signature.message], ["RequestTimeTooSkewed", "m"]);
  assert.deepEqual(signature.detail, { ServerTime: "t" });
  const storage = toS3Error(new StorageError("PreconditionFailed", "m", { Condition: "If-Match" }));
  assert.deepEqual([storage.code, storage.detail.Condition], ["PreconditionFailed", "If-Match"]);
});

Deno.test("toS3Error asks the client to come back when a backend is unavailable", () => {
  assert.equal(toS3Error(new BackendError("unavailable", "b1", "refused")).code, "SlowDown");
});

Deno.test("toS3Error hides what is not the client's business", async () => {
  for (
    const thrown of [new Error("secret"), new BackendError("rejected", "b1", "secret"), "secret"]
  ) {
    const error = toS3Error(thrown);
    assert.equal(error.code, "InternalError");
    assert.equal(error.cause, thrown);
    assert.doesNotMatch(await errorResponse(error, REQUEST).text(), /secret/);
  }
});
