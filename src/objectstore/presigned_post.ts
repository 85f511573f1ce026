import { Buffer } from "node:buffer";
import { ALGORITHM, formatTimestamp } from "../sigv4/canonical_request.ts";
import { MAX_PRESIGN_SECONDS } from "../sigv4/sign.ts";
import { credentialScope, deriveSigningKey } from "../sigv4/signing_key.ts";
import type { Signing } from "./bucket_calls.ts";
import { bucketUrlAt } from "./bucket_url.ts";
import type { PresignedPost, PresignedPostOptions } from "./object_store.ts";

/** What stands in a key for the name that the file has with the browser. */
const FILENAME = "${filename}";

/**
 * A form with which anybody may upload one file.
 * Source: "Browser-based uploads using POST (AWS signature version 4)".
 *
 * @param key may end with `${filename}`
 * @throws {RangeError} when `expiresIn` is not a whole number from 1 to 604,800
 */
export function presignedPost(
  { credentials, region, bucketUrl }: Signing,
  bucket: string,
  key: string,
  options: PresignedPostOptions,
  now: Date,
): PresignedPost {
  const { expiresIn, fields = {}, conditions = [], contentLengthRange, endpoint } = options;
  if (!Number.isInteger(expiresIn) || expiresIn < 1 || expiresIn > MAX_PRESIGN_SECONDS) {
    throw new RangeError(`a form lives 1 to ${MAX_PRESIGN_SECONDS} s, not ${expiresIn}`);
  }
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
    url: endpoint === undefined ? bucketUrl : bucketUrlAt(endpoint, bucket),
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
