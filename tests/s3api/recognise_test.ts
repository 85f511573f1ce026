import assert from "node:assert/strict";
import { OPERATIONS } from "../../src/s3api/operations.ts";
import { type Recognisable, recogniser } from "../../src/s3api/recognise.ts";
import { parseQuery } from "../../src/s3api/request_target.ts";

const recognise = recogniser(OPERATIONS);

function request(line: string, headers: Record<string, string> = {}): Recognisable {
  const [method, target] = line.split(" ");
  const [path, query = ""] = target.split("?");
  const [, bucket, ...key] = path.split("/");
  return {
    method,
    bucket,
    key: key.join("/"),
    query: parseQuery(query),
    headers: new Headers(headers),
  };
}

Deno.test("every row of the table is recognised by what it says of itself", () => {
  const paths = { service: "/", bucket: "/b", object: "/b/k" };
  for (const row of OPERATIONS) {
    const query = (row.query ?? []).join("&");
    const headers = Object.fromEntries((row.headers ?? []).map((name) => [name, "x"]));
    const found = recognise(request(`${row.method} ${paths[row.on]}?${query}`, headers));
    assert.equal(found.name, row.name);
  }
});

Deno.test("no operation has two rows", () => {
  const names = OPERATIONS.map((row) => row.name);
  assert.deepEqual(names.filter((name, at) => names.indexOf(name) !== at), []);
});

Deno.test("every row has an IAM action of S3", () => {
  for (const { action, name } of OPERATIONS) assert.match(action, /^s3:[A-Z][A-Za-z]+$/, name);
});

const RECOGNISED: readonly [line: string, name: string, headers?: Record<string, string>][] = [
  ["GET /", "ListBuckets"],
  ["GET /?x-id=ListBuckets", "ListBuckets"],
  ["GET /b", "ListObjects"],
  ["GET /b/", "ListObjects"],
  ["GET /b?prefix=a&delimiter=/&max-keys=5&marker=x&encoding-type=url", "ListObjects"],
  ["GET /b?list-type=2&prefix=&fetch-owner=true", "ListObjectsV2"],
  ["GET /b?location", "GetBucketLocation"],
  ["GET /b?location=", "GetBucketLocation"],
  ["GET /b?uploads&prefix=a&key-marker=b&upload-id-marker=c", "ListMultipartUploads"],
  ["GET /b?analytics", "ListBucketAnalyticsConfigurations"],
  ["GET /b?analytics&id=1", "GetBucketAnalyticsConfiguration"],
  ["PUT /b?analytics&id=1", "PutBucketAnalyticsConfiguration"],
  ["GET /b/k", "GetObject"],
  ["GET /b/k?x-id=GetObject", "GetObject"],
  ["GET /b/k?partNumber=3", "GetObject"],
  ["GET /b/k?versionId=null", "GetObject"],
  ["GET /b/k?response-content-type=", "GetObject"],
  ["GET /b/k?utm_source=mail", "GetObject"],
  ["GET /b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=ab", "GetObject"],
  ["HEAD /b/k?partNumber=3", "HeadObject"],
  ["PUT /b/k", "PutObject"],
  ["PUT /b/k", "CopyObject", { "x-amz-copy-source": "b/k2" }],
  ["PUT /b/k?partNumber=1&uploadId=u", "UploadPart"],
  ["PUT /b/k?partNumber=1&uploadId=u", "UploadPartCopy", { "x-amz-copy-source": "b/k2" }],
  ["POST /b/k?uploadId=u", "CompleteMultipartUpload"],
  ["POST /b/k?uploads", "CreateMultipartUpload"],
  ["POST /b?delete", "DeleteObjects"],
  ["POST /b", "PostObject"],
  ["POST /b/k?select&select-type=2", "SelectObjectContent"],
  ["GET /b/k?tagging&versionId=v1", "GetObjectTagging"],
];

for (const [line, name, headers] of RECOGNISED) {
  Deno.test(`${line}${headers ? " with a copy source" : ""} is ${name}`, () => {
    assert.equal(recognise(request(line, headers)).name, name);
  });
}

const REFUSED: readonly [line: string, code: string][] = [
  ["GET /b/k?versionId=3HL4kqtJlcpXroDTDmJ", "NotImplemented"],
  ["DELETE /b/k?versionId=3HL4kqtJlcpXroDTDmJ", "NotImplemented"],
  ["PUT /b/k?partNumber=1", "MethodNotAllowed"],
  ["PUT /b/k?acl&tagging", "NotImplemented"],
  ["GET /b?list-type=3", "NotImplemented"],
  ["GET /b?shiny-new-feature", "NotImplemented"],
  ["PUT /b?shiny-new-feature", "NotImplemented"],
  ["PUT /b/k?shiny-new-feature=1", "NotImplemented"],
  ["DELETE /b?shiny-new-feature=1", "NotImplemented"],
  ["POST /b/k", "MethodNotAllowed"],
  ["DELETE /", "MethodNotAllowed"],
  ["POST /", "MethodNotAllowed"],
  ["DELETE /b?acl", "MethodNotAllowed"],
  ["PATCH /b/k", "MethodNotAllowed"],
  ["DELETE /b?uploads", "MethodNotAllowed"],
];

for (const [line, code] of REFUSED) {
  Deno.test(`${line} is refused as ${code}`, () => {
    assert.throws(() => recognise(request(line)), { code });
  });
}

Deno.test("MethodNotAllowed names the methods that are", () => {
  assert.throws(() => recognise(request("PATCH /b/k")), {
    headers: { allow: "GET, HEAD, PUT, DELETE" },
  });
});
