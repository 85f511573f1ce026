import assert from "node:assert/strict";
import { isBucketName } from "../../src/s3api/bucket_name.ts";

Deno.test("isBucketName() accepts what S3's naming rules allow", () => {
  for (const name of ["abc", "my-bucket", "log.example.com", "1bucket", "a".repeat(63), "999"]) {
    assert.ok(isBucketName(name), name);
  }
});

Deno.test("isBucketName() refuses what they do not", () => {
  for (
    const name of [
      "",
      "ab",
      "a".repeat(64),
      "Bucket",
      "my_bucket",
      "-bucket",
      "bucket-",
      ".bucket",
      "bucket.",
      "a..b",
      "192.168.5.4",
      "xn--bucket",
      "sthree-bucket",
      "amzn-s3-demo-bucket",
      "bucket-s3alias",
      "bucket--ol-s3",
      "bucket.mrap",
      "bucket--x-s3",
      "bücket",
      "a b",
      "bucket\n",
    ]
  ) assert.ok(!isBucketName(name), name);
});

Deno.test("isBucketName() refuses the paths of the service", () => {
  for (const name of ["health", "metrics", "-"]) assert.ok(!isBucketName(name), name);
});
