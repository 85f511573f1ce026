import assert from "node:assert/strict";
import {
  CONDITION_KEYS,
  conditionReader,
  type ConditionValue,
  conditionValue,
} from "../../src/policy/condition_keys.ts";
import { ACCOUNT, policyRequest, type RequestSketch } from "./policy_request.ts";

const PUT: RequestSketch = { action: "s3:PutObject", key: "k" };
const ANONYMOUS: RequestSketch = { ...PUT, as: "anonymous" };

type Row = readonly [key: string, request: RequestSketch, value: ConditionValue];

Deno.test("a policy is told who asks", async (t) => {
  await checkValues(t, [
    ["aws:PrincipalArn", PUT, `arn:aws:iam::${ACCOUNT}:user/alice`],
    ["aws:PrincipalArn", ANONYMOUS, undefined],
    ["aws:PrincipalAccount", PUT, ACCOUNT],
    ["aws:PrincipalAccount", ANONYMOUS, undefined],
    ["aws:PrincipalType", PUT, "User"],
    ["aws:PrincipalType", ANONYMOUS, "Anonymous"],
    ["aws:userid", PUT, "alice"],
    ["aws:userid", ANONYMOUS, undefined],
    ["aws:username", PUT, "alice"],
    ["aws:username", ANONYMOUS, undefined],
    ["aws:PrincipalIsAWSService", PUT, "false"],
    ["aws:PrincipalIsAWSService", ANONYMOUS, undefined],
    ["aws:ViaAWSService", ANONYMOUS, "false"],
  ]);
});

Deno.test("a policy is told from where and when a request comes", async (t) => {
  const at = "2026-01-15T12:00:00.250Z";
  const headers = { "User-Agent": "curl/8", Referer: "https://example.com/" };
  await checkValues(t, [
    ["aws:SourceIp", { ...PUT, ip: "2001:db8::1" }, "2001:db8::1"],
    ["aws:SecureTransport", PUT, "true"],
    ["aws:SecureTransport", { ...PUT, tls: false }, "false"],
    ["aws:CurrentTime", { ...PUT, at }, at],
    ["aws:EpochTime", { ...PUT, at }, "1768478400"],
    ["aws:UserAgent", { ...PUT, headers }, "curl/8"],
    ["aws:UserAgent", PUT, undefined],
    ["aws:Referer", { ...PUT, headers }, "https://example.com/"],
    ["aws:Referer", PUT, undefined],
  ]);
});

Deno.test("a policy is told how a request was signed", async (t) => {
  const presigned: RequestSketch = {
    ...PUT,
    signature: { type: "REST-QUERY-STRING", age: 90_000 },
  };
  await checkValues(t, [
    ["s3:authType", PUT, "REST-HEADER"],
    ["s3:authType", presigned, "REST-QUERY-STRING"],
    ["s3:authType", { ...PUT, signature: { type: "POST" } }, "POST"],
    ["s3:authType", ANONYMOUS, undefined],
    ["s3:signatureversion", PUT, "AWS4-HMAC-SHA256"],
    ["s3:signatureversion", ANONYMOUS, undefined],
    ["s3:signatureAge", presigned, "90000"],
    ["s3:signatureAge", { ...PUT, signature: { age: -5_000 } }, "0"],
    ["s3:signatureAge", ANONYMOUS, undefined],
    ["s3:signatureAge", { ...PUT, signature: null }, undefined],
    [
      "s3:x-amz-content-sha256",
      { ...PUT, headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } },
      "UNSIGNED-PAYLOAD",
    ],
  ]);
});

Deno.test("a policy is told what a listing asks for", async (t) => {
  const listing: RequestSketch = {
    action: "s3:ListBucket",
    query: { prefix: "home/", delimiter: "/", "max-keys": "10" },
  };
  await checkValues(t, [
    ["s3:prefix", listing, "home/"],
    ["s3:prefix", { action: "s3:ListBucket", query: { prefix: "" } }, ""],
    ["s3:prefix", { action: "s3:ListBucket" }, undefined],
    ["s3:delimiter", listing, "/"],
    ["s3:delimiter", { action: "s3:ListBucket" }, undefined],
    ["s3:max-keys", listing, "10"],
    ["s3:prefix", { ...listing, action: "s3:ListBucketVersions" }, "home/"],
    ["s3:prefix", { ...listing, action: "s3:ListBucketMultipartUploads" }, undefined],
    ["s3:prefix", { ...listing, action: "s3:GetObject", key: "k" }, undefined],
  ]);
});

Deno.test("a policy is told under which conditions a write is made", async (t) => {
  const conditions = { "If-None-Match": "*", "If-Match": '"abc"' };
  await checkValues(t, [
    ["s3:if-none-match", { ...PUT, headers: conditions }, "*"],
    ["s3:if-none-match", PUT, undefined],
    ["s3:if-match", { ...PUT, headers: conditions }, '"abc"'],
    ["s3:if-match", { ...PUT, action: "s3:DeleteObject", headers: conditions }, '"abc"'],
    ["s3:if-none-match", { ...PUT, action: "s3:DeleteObject", headers: conditions }, undefined],
    ["s3:if-none-match", { ...PUT, action: "s3:GetObject", headers: conditions }, undefined],
    ["s3:ObjectCreationOperation", { ...PUT, createsObject: true }, "true"],
    ["s3:ObjectCreationOperation", { ...PUT, createsObject: false }, "false"],
    ["s3:ObjectCreationOperation", { ...PUT, action: "s3:GetObject" }, undefined],
  ]);
});

Deno.test("a header is there under the key of its name, and absent without the header", async (t) => {
  const names = [
    "x-amz-acl",
    "x-amz-grant-full-control",
    "x-amz-grant-read",
    "x-amz-grant-read-acp",
    "x-amz-grant-write",
    "x-amz-grant-write-acp",
    "x-amz-metadata-directive",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-storage-class",
    "x-amz-website-redirect-location",
  ];
  await checkValues(t, [
    ...names.map((name): Row => [`s3:${name}`, { ...PUT, headers: { [name]: "x" } }, "x"]),
    ...names.map((name): Row => [`s3:${name}`, PUT, undefined]),
  ]);
});

Deno.test("a copy source is told in one way, however it is written", async (t) => {
  const rows: readonly (readonly [header: string, value: string])[] = [
    ["bucket/a/b", "bucket/a/b"],
    ["/bucket/a/b", "bucket/a/b"],
    ["%2Fbucket%2Fa%2fb", "bucket/a/b"],
    ["bucket/%61/b", "bucket/a/b"],
    ["bucket/a+b", "bucket/a b"],
    ["bucket/a%2Bb", "bucket/a+b"],
    ["bucket/a?versionId=null", "bucket/a"],
    ["bucket/a%3FversionId=null", "bucket/a?versionId=null"],
    ["bucket/gr\u00c3\u00bcn", "bucket/grün"],
    ["bucket/gr%C3%BCn", "bucket/grün"],
    ["//bucket/a", "/bucket/a"],
    ["bucket/%zz", "bucket/%zz"],
  ];
  await checkValues(
    t,
    rows.map(([header, value]): Row => [
      "s3:x-amz-copy-source",
      { ...PUT, headers: { "x-amz-copy-source": header } },
      value,
    ]),
  );
  assert.equal(conditionValue(policyRequest(PUT), "s3:x-amz-copy-source"), undefined);
});

Deno.test("a policy is told the tags of a request, and that objects have none", async (t) => {
  const tagged = { ...PUT, headers: { "x-amz-tagging": "team=red&a%2Fb=c+d&empty=" } };
  const twice = { ...PUT, headers: { "x-amz-tagging": "team=red&TEAM=blue" } };
  await checkValues(t, [
    ["s3:RequestObjectTag/team", tagged, "red"],
    ["S3:REQUESTOBJECTTAG/Team", tagged, "red"],
    ["s3:RequestObjectTag/a/b", tagged, "c d"],
    ["s3:RequestObjectTag/empty", tagged, ""],
    ["s3:RequestObjectTag/other", tagged, undefined],
    ["s3:RequestObjectTag/team", twice, ["red", "blue"]],
    ["s3:RequestObjectTagKeys", tagged, ["team", "a/b", "empty"]],
    ["s3:RequestObjectTagKeys", PUT, undefined],
    ["s3:ExistingObjectTag/team", { ...tagged, action: "s3:GetObject" }, undefined],
  ]);
});

Deno.test("what only AWS has is absent", async (t) => {
  const keys = [
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:MultiFactorAuthPresent",
    "aws:MultiFactorAuthAge",
    "aws:SourceArn",
    "aws:TagKeys",
    "s3:TlsVersion",
    "s3:object-lock-mode",
    "s3:DataAccessPointArn",
  ];
  await checkValues(t, keys.map((key): Row => [key, PUT, undefined]));
});

Deno.test("a key that does not exist has no value", () => {
  for (const key of ["s3:wings", "toString", "", "s3:RequestObjectTag", "__proto__"]) {
    assert.equal(conditionValue(policyRequest(PUT), key), undefined);
  }
});

Deno.test("a value is one text for every key but those that can have several", () => {
  const request = policyRequest({
    ...PUT,
    headers: { "x-amz-tagging": "a=b", referer: "x", "if-none-match": "*" },
    query: { prefix: "x" },
  });
  for (const { name, isMultivalued, read } of CONDITION_KEYS.values()) {
    const value = read(request, "a");
    if (value !== undefined) assert.equal(Array.isArray(value), isMultivalued, name);
  }
});

Deno.test("a reader of a key serves many requests", () => {
  const read = conditionReader("aws:UserName");
  const values = ["alice", "bob"].map((name) => read(policyRequest({ ...PUT, as: { name } })));
  assert.deepEqual(values, ["alice", "bob"]);
});

async function checkValues(t: Deno.TestContext, rows: readonly Row[]): Promise<void> {
  for (const [key, request, value] of rows) {
    await t.step(`${key} of ${JSON.stringify(request)}`, () => {
      assert.deepEqual(conditionValue(policyRequest(request), key), value);
    });
  }
}
