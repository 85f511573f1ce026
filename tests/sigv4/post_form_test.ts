import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { verifyPostPolicy } from "../../src/sigv4/post_form.ts";
import { SignatureError } from "../../src/sigv4/signature_error.ts";
import { deriveSigningKey } from "../../src/sigv4/signing_key.ts";
import { EXAMPLE_CREDENTIALS, EXAMPLE_VERIFIER } from "./aws_examples.ts";

const DATE = "20151229";
const OPTIONS = {
  ...EXAMPLE_VERIFIER,
  now: new Date("2015-12-29T12:00:00Z"),
  bucket: "sigv4examplebucket",
};

/** AWS's example: "Examples: Browser-Based Upload using HTTP POST", to the byte. */
const EXAMPLE_POLICY = [
  '{ "expiration": "2015-12-30T12:00:00.000Z",',
  '  "conditions": [',
  '    {"bucket": "sigv4examplebucket"},',
  '    ["starts-with", "$key", "user/user1/"],',
  '    {"acl": "public-read"},',
  '    {"success_action_redirect": "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"},',
  '    ["starts-with", "$Content-Type", "image/"],',
  '    {"x-amz-meta-uuid": "14365123651274"},',
  '    {"x-amz-server-side-encryption": "AES256"},',
  '    ["starts-with", "$x-amz-meta-tag", ""],',
  "",
  '    {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},',
  '    {"x-amz-algorithm": "AWS4-HMAC-SHA256"},',
  '    {"x-amz-date": "20151229T000000Z" }',
  "  ]",
  "}",
].join("\r\n");
const EXAMPLE_SIGNATURE = "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e";

const SIGNATURE_FIELDS = {
  "x-amz-algorithm": "AWS4-HMAC-SHA256",
  "x-amz-credential": `${EXAMPLE_CREDENTIALS.accessKeyId}/${DATE}/us-east-1/s3/aws4_request`,
  "x-amz-date": `${DATE}T000000Z`,
};

const SIGNATURE_CONDITIONS = Object.entries(SIGNATURE_FIELDS).map(([name, value]) => ({
  [name]: value,
}));

type Fields = Readonly<Record<string, string>>;

/** A form with any policy, signed with the example's secret. */
function form(policy: string, fields: Fields): Fields {
  const encoded = Buffer.from(policy).toString("base64");
  const key = deriveSigningKey(EXAMPLE_CREDENTIALS.secretAccessKey, DATE, "us-east-1");
  return { ...SIGNATURE_FIELDS, policy: encoded, "x-amz-signature": key.hex(encoded), ...fields };
}

/** A form for `key` in the example's bucket, with further conditions. */
function conditioned(conditions: readonly unknown[], fields: Fields = {}): Fields {
  const policy = {
    expiration: "2015-12-30T12:00:00Z",
    conditions: [
      { bucket: OPTIONS.bucket },
      { key: "a" },
      ...SIGNATURE_CONDITIONS,
      ...conditions,
    ],
  };
  return form(JSON.stringify(policy), { key: "a", ...fields });
}

function verify(fields: Fields, options = OPTIONS) {
  return verifyPostPolicy(new Map(Object.entries(fields)), options);
}

function fault(fields: Fields, options = OPTIONS): SignatureError {
  try {
    verify(fields, options);
  } catch (error) {
    assert.ok(error instanceof SignatureError, String(error));
    return error;
  }
  return assert.fail("the form was let in");
}

const EXAMPLE_FORM: Fields = {
  key: "user/user1/photo.jpg",
  acl: "public-read",
  success_action_redirect: "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html",
  "Content-Type": "image/jpeg",
  "x-amz-meta-uuid": "14365123651274",
  "x-amz-server-side-encryption": "AES256",
  "X-Amz-Credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request",
  "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
  "X-Amz-Date": "20151229T000000Z",
  "x-amz-meta-tag": "",
  Policy: Buffer.from(EXAMPLE_POLICY).toString("base64"),
  "X-Amz-Signature": EXAMPLE_SIGNATURE,
};

Deno.test("verifyPostPolicy() accepts AWS's example", () => {
  assert.deepEqual(verify(EXAMPLE_FORM), {
    accessKeyId: EXAMPLE_CREDENTIALS.accessKeyId,
    contentLengthRange: undefined,
    signedAt: new Date("2015-12-29T00:00:00Z"),
  });
});

Deno.test("verifyPostPolicy() holds every field of the form to the policy", () => {
  const changes: readonly (readonly [change: Fields, failed: string])[] = [
    [{ key: "user/user2/x" }, '["starts-with", "$key", "user/user1/"]'],
    [{ acl: "private" }, '["eq", "$acl", "public-read"]'],
    [{ "Content-Type": "text/html" }, '["starts-with", "$Content-Type", "image/"]'],
    [{ "Content-Type": "image/png, text/html" }, '["starts-with", "$Content-Type", "image/"]'],
    [{ "x-amz-meta-uuid": "" }, '["eq", "$x-amz-meta-uuid", "14365123651274"]'],
  ];
  for (const [change, failed] of changes) {
    const error = fault({ ...EXAMPLE_FORM, ...change });
    assert.equal(error.code, "AccessDenied");
    assert.equal(
      error.message,
      `Invalid according to Policy: Policy Condition failed: ${failed}`,
    );
  }
  assert.ok(verify({ ...EXAMPLE_FORM, "Content-Type": "image/png, image/gif" }));
});

Deno.test("verifyPostPolicy() holds the bucket that was posted to against the policy", () => {
  const error = fault(EXAMPLE_FORM, { ...OPTIONS, bucket: "another" });
  assert.match(
    error.message,
    /Policy Condition failed: \["eq", "\$bucket", "sigv4examplebucket"\]/,
  );
  const pretended = fault({ ...EXAMPLE_FORM, bucket: OPTIONS.bucket }, {
    ...OPTIONS,
    bucket: "another",
  });
  assert.equal(pretended.code, "AccessDenied");
});

Deno.test("verifyPostPolicy() refuses a field that no condition names, but for those exempt", () => {
  const error = fault({ ...EXAMPLE_FORM, "x-amz-meta-note": "hello" });
  assert.equal(error.code, "AccessDenied");
  assert.equal(error.message, "Invalid according to Policy: Extra input fields: x-amz-meta-note");
  assert.ok(verify({ ...EXAMPLE_FORM, "x-ignore-note": "hello", file: "" }));
  const bucketless = form(
    JSON.stringify({ expiration: "2015-12-30T12:00:00Z", conditions: SIGNATURE_CONDITIONS }),
    {},
  );
  assert.equal(
    fault(bucketless).message,
    "Invalid according to Policy: Extra input fields: bucket",
  );
});

Deno.test("verifyPostPolicy() refuses a policy that has expired", () => {
  const error = fault(EXAMPLE_FORM, { ...OPTIONS, now: new Date("2015-12-30T12:00:00Z") });
  assert.equal(error.code, "AccessDenied");
  assert.equal(error.message, "Invalid according to Policy: Policy expired.");
});

Deno.test("verifyPostPolicy() returns the range of lengths, the narrowest of several", () => {
  const fields = conditioned([
    ["content-length-range", 1, 2_048],
    ["content-length-range", "0", "1024"],
  ]);
  assert.deepEqual(verify(fields)?.contentLengthRange, { min: 1, max: 1_024 });
});

Deno.test("verifyPostPolicy() refuses a signature, a policy or a key that is not the right one", () => {
  const wrong = fault({ ...EXAMPLE_FORM, "X-Amz-Signature": "0".repeat(64) });
  assert.equal(wrong.code, "SignatureDoesNotMatch");
  assert.equal(wrong.detail.StringToSign, EXAMPLE_FORM.Policy);
  assert.equal(wrong.detail.CanonicalRequest, undefined);

  const changed = EXAMPLE_POLICY.replace("user/user1/", "");
  const policy = Buffer.from(changed).toString("base64");
  assert.equal(fault({ ...EXAMPLE_FORM, Policy: policy }).code, "SignatureDoesNotMatch");

  const unknown = fault(EXAMPLE_FORM, { ...OPTIONS, secretFor: () => undefined });
  assert.equal(unknown.code, "InvalidAccessKeyId");
});

Deno.test("verifyPostPolicy() names the field that is missing or wrong", () => {
  for (const name of ["Policy", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date"]) {
    const error = fault({ ...EXAMPLE_FORM, [name]: "" });
    assert.equal(error.code, "InvalidArgument");
    assert.equal(error.detail.ArgumentName, name.toLowerCase());
    assert.match(error.message, /^Bucket POST must contain a field named/);
  }
  const wrong: readonly (readonly [name: string, value: string, message: RegExp])[] = [
    ["X-Amz-Credential", "AKID/20151229/mars/s3/aws4_request", /the region 'mars' is wrong/],
    ["X-Amz-Date", "20151228T000000Z", /^Invalid credential date "20151229"/],
    ["X-Amz-Date", "2015-12-29", /^Invalid credential date "20151229"/],
  ];
  for (const [name, value, message] of wrong) {
    const error = fault({ ...EXAMPLE_FORM, [name]: value });
    assert.equal(error.code, "InvalidArgument");
    assert.match(error.message, message);
  }
});

Deno.test("verifyPostPolicy() refuses what is not Signature Version 4", () => {
  const version2 = { key: "a", AWSAccessKeyId: "AKID", policy: "e30=", signature: "x" };
  assert.equal(fault(version2).code, "InvalidRequest");
  assert.equal(
    fault({ ...EXAMPLE_FORM, "X-Amz-Algorithm": "AWS4-HMAC-SHA1" }).code,
    "InvalidRequest",
  );
});

Deno.test("verifyPostPolicy() returns undefined for a form without policy and signature", () => {
  assert.equal(verify({ key: "a", file: "" }), undefined);
});

Deno.test("verifyPostPolicy() names what is wrong in a policy document", () => {
  const expiration = "2015-12-30T12:00:00Z";
  const documents: readonly (readonly [policy: string, message: RegExp])[] = [
    ["", /^Bucket POST must contain a field named 'policy'/],
    ["{", /^Invalid Policy: Invalid JSON\.$/],
    ["[]", /^Invalid Policy: Invalid JSON\.$/],
    ["{}", /Policy missing expiration\.$/],
    [JSON.stringify({ Expiration: expiration, conditions: [] }), /Policy missing expiration\.$/],
    [JSON.stringify({ expiration }), /Policy missing conditions\.$/],
    [JSON.stringify({ expiration, conditions: {} }), /'conditions' value: must be a List\.$/],
    [JSON.stringify({ expiration: "soon", conditions: [] }), /'expiration' value: 'soon'$/],
    [JSON.stringify({ expiration: 5, conditions: [] }), /'expiration' value: '5'$/],
  ];
  for (const [policy, message] of documents) assert.match(fault(form(policy, {})).message, message);

  const conditions: readonly (readonly [condition: unknown, message: RegExp])[] = [
    ["text", /Invalid condition test: must be a List or Object\.$/],
    [null, /Invalid condition test: must be a List or Object\.$/],
    [[], /Invalid Condition: missing operation identifier\.$/],
    [["unknown-op", "$key", "a"], /Invalid Condition: unknown operation 'unknown-op'\.$/],
    [["eq", "$key"], /Invalid Eq: wrong number of arguments\.$/],
    [["starts-with", "$key", "a", "b"], /Invalid starts-with: wrong number of arguments\.$/],
    [["content-length-range", 0], /Invalid content-length-range: wrong number of arguments\.$/],
    [["content-length-range", -1, 5], /Invalid content-length-range: lengths must be/],
    [["eq", "key", "a"], /Invalid Eq: a field's name after \$/],
    [{}, /Simple-Conditions must have exactly one property specified\.$/],
    [{ a: "b", c: "d" }, /Simple-Conditions must have exactly one property specified\.$/],
    [{ a: 1 }, /Invalid Simple-Condition: value must be a string\.$/],
  ];
  for (const [condition, message] of conditions) {
    const error = fault(conditioned([condition]));
    assert.equal(error.code, "InvalidPolicyDocument");
    assert.match(error.message, message);
  }

  const garbled = form("{}", {});
  const policy = "e30!";
  const key = deriveSigningKey(EXAMPLE_CREDENTIALS.secretAccessKey, DATE, "us-east-1");
  const error = fault({ ...garbled, policy, "x-amz-signature": key.hex(policy) });
  assert.equal(error.message, "Invalid Policy: invalid Base64 encoding.");
});
