import assert from "node:assert/strict";
import { S3OptionsError, s3OptionsOf } from "../../src/objectstore/s3.ts";

Deno.test("the name of the bucket is enough", () => {
  assert.deepEqual(s3OptionsOf({ S3_BUCKET_NAME: "evidence" }), {
    bucket: "evidence",
    region: "us-east-1",
    endpoint: undefined,
    credentials: undefined,
    connectTimeout: 60_000,
    readTimeout: 60_000,
    retry: { attempts: 3 },
  });
});

Deno.test("every variable is heard", () => {
  const options = s3OptionsOf({
    S3_BUCKET_NAME: "evidence",
    AWS_ACCESS_KEY_ID: "key",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_SESSION_TOKEN: "token",
    AWS_REGION: "eu-central-1",
    S3_ENDPOINT_URL: "http://127.0.0.1:9000",
    S3_SIGNATURE_VERSION: "s3v4",
    S3_MAX_RETRIES: "5",
    S3_CONNECT_TIMEOUT: "2.5",
    S3_READ_TIMEOUT: "10",
    PATH: "/bin",
  });
  assert.deepEqual(options, {
    bucket: "evidence",
    region: "eu-central-1",
    endpoint: "http://127.0.0.1:9000",
    credentials: { accessKeyId: "key", secretAccessKey: "secret", sessionToken: "token" },
    connectTimeout: 2_500,
    readTimeout: 10_000,
    retry: { attempts: 5 },
  });
});

Deno.test("an empty variable is one that is not set", () => {
  const { region, endpoint, credentials } = s3OptionsOf({
    S3_BUCKET_NAME: "evidence",
    AWS_REGION: "",
    S3_ENDPOINT_URL: "",
    AWS_ACCESS_KEY_ID: "",
    AWS_SECRET_ACCESS_KEY: "",
  });
  assert.deepEqual([region, endpoint, credentials], ["us-east-1", undefined, undefined]);
});

Deno.test("a variable with a fault is named, and no secret is told", () => {
  const cases: readonly [fault: Readonly<Record<string, string>>, said: RegExp][] = [
    [{ S3_BUCKET_NAME: "" }, /^S3_BUCKET_NAME is required$/],
    [{ S3_SIGNATURE_VERSION: "s3" }, /^S3_SIGNATURE_VERSION must be s3v4/],
    [{ S3_ENDPOINT_URL: "127.0.0.1:9000" }, /^S3_ENDPOINT_URL must be an http or https URL$/],
    [{ S3_ENDPOINT_URL: "ftp://host" }, /^S3_ENDPOINT_URL must be/],
    [{ S3_MAX_RETRIES: "many" }, /^S3_MAX_RETRIES must be a whole number$/],
    [{ S3_MAX_RETRIES: "0" }, /^S3_MAX_RETRIES must be at least 1$/],
    [{ S3_CONNECT_TIMEOUT: "0" }, /^S3_CONNECT_TIMEOUT must be more than 0 seconds$/],
    [{ S3_READ_TIMEOUT: "soon" }, /^S3_READ_TIMEOUT must be a number of seconds$/],
    [{ AWS_SECRET_ACCESS_KEY: "very-secret" }, /^AWS_ACCESS_KEY_ID goes with AWS_SECRET/],
    [{ AWS_ACCESS_KEY_ID: "key" }, /^AWS_ACCESS_KEY_ID goes with AWS_SECRET/],
    [{ S3_BUCKET_NAME: "", S3_MAX_RETRIES: "x" }, /S3_BUCKET_NAME .*; S3_MAX_RETRIES /],
  ];
  for (const [fault, said] of cases) {
    assert.throws(
      () => s3OptionsOf({ S3_BUCKET_NAME: "evidence", ...fault }),
      (error) =>
        error instanceof S3OptionsError && said.test(error.message) &&
        !error.message.includes("very-secret"),
      JSON.stringify(fault),
    );
  }
});
