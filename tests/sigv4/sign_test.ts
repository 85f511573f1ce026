import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { HmacKey } from "../../src/sigv4/hmac.ts";
import { presign, signHeaders } from "../../src/sigv4/sign.ts";
import {
  EXAMPLE_CREDENTIALS,
  EXAMPLE_HOST,
  EXAMPLE_REGION,
  EXAMPLE_TIME,
  HEADER_EXAMPLES,
  PRESIGNED_EXAMPLE_QUERY,
} from "./aws_examples.ts";

for (const example of HEADER_EXAMPLES) {
  Deno.test(`signHeaders() gives the signature of AWS's example ${example.name}`, () => {
    const added = signHeaders(
      { ...example, host: EXAMPLE_HOST },
      EXAMPLE_CREDENTIALS,
      EXAMPLE_REGION,
      EXAMPLE_TIME,
    );
    assert.equal(added.authorization.split("Signature=")[1], example.signature);
    assert.equal(added["x-amz-date"], "20130524T000000Z");
    assert.equal(added["x-amz-content-sha256"], example.payloadSha256);
  });
}

Deno.test("presign() gives the query of AWS's example", () => {
  const query = presign(
    { method: "GET", host: EXAMPLE_HOST, rawPath: "/test.txt", rawQuery: "", headers: {} },
    EXAMPLE_CREDENTIALS,
    EXAMPLE_REGION,
    EXAMPLE_TIME,
    86_400,
  );
  assert.equal(query, PRESIGNED_EXAMPLE_QUERY);
});

Deno.test("presign() refuses a lifetime that S3 would refuse", () => {
  const request = { method: "GET", host: "h", rawPath: "/", rawQuery: "", headers: {} };
  for (const seconds of [0, -1, 1.5, 604_801, NaN]) {
    assert.throws(
      () => presign(request, EXAMPLE_CREDENTIALS, EXAMPLE_REGION, EXAMPLE_TIME, seconds),
      RangeError,
    );
  }
});

Deno.test("signHeaders() sends and signs the token of temporary credentials", () => {
  const added = signHeaders(
    { ...HEADER_EXAMPLES[0], host: EXAMPLE_HOST },
    { ...EXAMPLE_CREDENTIALS, sessionToken: "token/+=" },
    EXAMPLE_REGION,
    EXAMPLE_TIME,
  );
  assert.equal(added["x-amz-security-token"], "token/+=");
  assert.match(added.authorization, /SignedHeaders=[^,]*;x-amz-security-token,/);
});

Deno.test("signHeaders() does not sign with the cached key of an older secret", () => {
  const sign = (secretAccessKey: string) =>
    signHeaders(
      { ...HEADER_EXAMPLES[0], host: EXAMPLE_HOST },
      { accessKeyId: "rotated", secretAccessKey },
      EXAMPLE_REGION,
      EXAMPLE_TIME,
    ).authorization;
  const old = sign("old");
  assert.notEqual(sign("new"), old);
  assert.equal(sign("old"), old);
});

Deno.test("HmacKey computes what node:crypto's HMAC computes", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (key, text) => {
    const expected = createHmac("sha256", key).update(text).digest("hex");
    assert.equal(new HmacKey(key).hex(text), expected);
    assert.equal(new HmacKey(key).digest(text).toString("hex"), expected);
  }));
});

Deno.test("HmacKey shows nothing of the key when it is logged", () => {
  const shown = Deno.inspect(new HmacKey("very secret"), { depth: 9 }) +
    JSON.stringify(new HmacKey("very secret"));
  assert.equal(shown, "HmacKey {}{}");
});
