import { Buffer } from "node:buffer";
import { ALGORITHM, formatTimestamp } from "../sigv4/canonical_request.ts";
import { credentialScope, deriveSigningKey } from "../sigv4/signing_key.ts";
import type { Signing } from "./bucket_calls.ts";
import { demandExpiry, demandKey } from "./demand.ts";
import type { PresignedPost, PresignedPostOptions } from "./object_store.ts";

/** What stands in a key for the name that the file has with the browser. */
const FILENAME = "${filename}";

/**
 * A form with which anybody may upload one file.
 * Source: "Browser-based uploads using POST (AWS signature version 4)".
 *
 * @param key may end with `${filename}`
 * @throws {ObjectStoreError} `Refused`
 */
export function presignedPost(
  { credentials, region, bucketUrl }: Signing,
  bucket: string,
  key: string,
  options: PresignedPostOptions,
  now: Date,
): PresignedPost {
  const { expiresIn, fields = {}, conditions = [], contentLengthRange } = options;
  demandKey(key);
  demandExpiry(expiresIn);
  const timestamp = formatTimestamp(now);
  const date = timestamp.slice(0, 8);
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const exact: Record<string, string> = {
    ...fields,
    "x-amz-algorithm": ALGORITHM,
    "x-amz-credential": `${accessKeyId}/${credentialScope(date, region)}`,
    "x-amz-date": timestamp,
    ...sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken },
  };
  const document = {
    expiration: new Date(now.getTime() + expiresIn * 1_000).toISOString(),
    conditions: [
      { bucket },
      keyCondition(key),
      ...Object.entries(exact).map(([name, value]) => ({ [name]: value })),
      ...contentLengthRange === undefined ? [] : [["content-length-range", ...contentLengthRange]],
      ...conditions,
    ],
  };
  const policy = Buffer.from(JSON.stringify(document)).toString("base64");
  return {
    url: bucketUrl,
    fields: {
      key,
      ...exact,
      policy,
      "x-amz-signature": deriveSigningKey(secretAccessKey, date, region).hex(policy),
    },
  };
}

function keyCondition(key: string) {
  return key.endsWith(FILENAME) ? ["starts-with", "$key", key.slice(0, -FILENAME.length)] : { key };
}
