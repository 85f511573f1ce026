import { z } from "zod";
import { baseUrl, bucketName, integer, secret, text } from "./fields.ts";

/** Longer than anything has to be kept: what is over is a slip. */
const MOST_DAYS = 36_500;

/**
 * The `evidence` section. What it leaves open the environment says, under the names of the object
 * store client.
 */
export const evidenceSchema = z.strictObject({
  store: z.enum(["holdfast", "s3"]).optional().describe(
    "Where evidence is kept: in a bucket of this service that nobody else can write to, or in any " +
      "S3 store. Default: `s3` where `S3_BUCKET_NAME` is set, otherwise `holdfast`. Of an S3 store " +
      "`S3_MAX_RETRIES` (2 here), `S3_CONNECT_TIMEOUT` (5 s) and `S3_READ_TIMEOUT` (10 s) hold too.",
  ),
  bucket: bucketName().optional().describe(
    "Bucket of the evidence. Default: `S3_BUCKET_NAME` with store `s3`, otherwise " +
      "`holdfast-evidence`.",
  ),
  endpoint: baseUrl().optional().describe("Of the S3 store. Default: `S3_ENDPOINT_URL`, then AWS."),
  region: text().optional().describe("Of the S3 store. Default: `AWS_REGION`, then `us-east-1`."),
  access_key_id: text().optional().describe(
    "Default: `AWS_ACCESS_KEY_ID`, then what the AWS SDK finds.",
  ),
  secret_access_key: secret().optional().describe("Default: `AWS_SECRET_ACCESS_KEY`."),
  public_url: baseUrl().optional().describe(
    "What links and forms for browsers begin with. Default: the store's endpoint, or what the " +
      "request for the link was sent to.",
  ),
  max_attachment_size: integer({ min: 1 }).optional().describe(
    "Largest attachment, in bytes; without it what the quotas have room for.",
  ),
  types: z.array(z.strictObject({
    type: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "must be 1 to 64 of a-z, 0-9, _ and -")
      .describe("Type of evidence, such as `decision`."),
    retain_days: integer({ max: MOST_DAYS }).describe(
      "Days from when it is stored in which it cannot be deleted, by anybody.",
    ),
  })).prefault([]).describe("How long evidence is kept, by type."),
});

/** The section as it is written. */
export type WrittenEvidence = z.infer<typeof evidenceSchema>;
