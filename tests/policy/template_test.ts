import assert from "node:assert/strict";
import { forBucket } from "../../src/policy/template.ts";

Deno.test("a bucket's name stands in place of BUCKET in resources and nowhere else", async (t) => {
  const rows: readonly (readonly [text: string, expected: string])[] = [
    ['"arn:aws:s3:::BUCKET"', '"arn:aws:s3:::events"'],
    ['"arn:aws:s3:::BUCKET/*"', '"arn:aws:s3:::events/*"'],
    [
      '["arn:aws:s3:::BUCKET", "arn:aws:s3:::BUCKET/a"]',
      '["arn:aws:s3:::events", "arn:aws:s3:::events/a"]',
    ],
    ['"arn:aws-cn:s3:::BUCKET/*"', '"arn:aws-cn:s3:::events/*"'],
    ['"arn:aws:s3:::BUCKET/BUCKET/*"', '"arn:aws:s3:::events/BUCKET/*"'],
    ['"arn:aws:s3:::BUCKETS/*"', '"arn:aws:s3:::BUCKETS/*"'],
    ['"arn:aws:s3:::MYBUCKET/*"', '"arn:aws:s3:::MYBUCKET/*"'],
    ['"arn:aws:s3:::bucket/*"', '"arn:aws:s3:::bucket/*"'],
    ['"Sid": "BUCKET"', '"Sid": "BUCKET"'],
    ['"say arn:aws:s3:::BUCKET/"', '"say arn:aws:s3:::BUCKET/"'],
  ];
  for (const [text, expected] of rows) {
    await t.step(text, () => assert.equal(forBucket(text, "events"), expected));
  }
});

Deno.test("nothing in a bucket's name has a meaning of its own", () => {
  assert.equal(forBucket('"arn:aws:s3:::BUCKET"', "$&$1$$"), '"arn:aws:s3:::$&$1$$"');
});
