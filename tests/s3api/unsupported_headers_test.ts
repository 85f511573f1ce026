import assert from "node:assert/strict";
import { demandSupportedHeaders } from "../../src/s3api/unsupported_headers.ts";

const PUT = { name: "PutObject", method: "PUT" } as const;
const GET = { name: "GetObject", method: "GET" } as const;

const REFUSED: readonly [name: string, value: string, code: string][] = [
  ["x-amz-acl", "public-read", "AccessControlListNotSupported"],
  [
    "x-amz-grant-read",
    'uri="http://acs.amazonaws.com/groups/global/AllUsers"',
    "AccessControlListNotSupported",
  ],
  ["x-amz-tagging", "a=b", "NotImplemented"],
  ["x-amz-object-lock-mode", "GOVERNANCE", "NotImplemented"],
  ["x-amz-object-lock-legal-hold", "ON", "NotImplemented"],
  ["x-amz-server-side-encryption", "AES256", "NotImplemented"],
  ["x-amz-server-side-encryption", "aws:kms", "NotImplemented"],
  ["x-amz-server-side-encryption-customer-algorithm", "AES256", "NotImplemented"],
  ["x-amz-expected-bucket-owner", "111122223333", "NotImplemented"],
  ["x-amz-write-offset-bytes", "10", "NotImplemented"],
  ["x-amz-if-match-size", "10", "NotImplemented"],
];

for (const [name, value, code] of REFUSED) {
  Deno.test(`${name}: ${value} is refused as ${code}`, () => {
    assert.throws(() => demandSupportedHeaders(PUT, new Headers({ [name]: value })), { code });
  });
}

Deno.test("the error names the operation and the header", () => {
  assert.throws(() => demandSupportedHeaders(PUT, new Headers({ "x-amz-tagging": "a=b" })), {
    message: "PutObject with x-amz-tagging is not implemented.",
  });
});

Deno.test("values that change nothing are fine", () => {
  const headers = {
    "x-amz-acl": "private",
    "x-amz-tagging": "",
    "x-amz-object-lock-legal-hold": "OFF",
    "x-amz-bucket-object-lock-enabled": "False",
    "x-amz-object-ownership": "BucketOwnerEnforced",
  };
  demandSupportedHeaders(PUT, new Headers(headers));
  demandSupportedHeaders(PUT, new Headers({ "x-amz-acl": "bucket-owner-full-control" }));
});

Deno.test("a key of the customer's is refused for reads as well", () => {
  const headers = new Headers({ "x-amz-server-side-encryption-customer-algorithm": "AES256" });
  assert.throws(() => demandSupportedHeaders(GET, headers), { code: "NotImplemented" });
});
