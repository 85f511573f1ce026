/**
 * How an S3 store is configured.
 *
 * @module
 */
import { z } from "zod";
import type { RetryOptions } from "./attempts.ts";
import type { BucketStoreOptions } from "./bucket_store.ts";

/** A bucket of an S3 store. */
export interface S3Options extends BucketStoreOptions {
  readonly bucket: string;
  /** `us-east-1` without it. */
  readonly region?: string;
  /** URL; AWS S3 without it. With it the bucket goes into the path. */
  readonly endpoint?: string;
  /** Without it the SDK looks where it usually does: variables, profiles, the machine's role. */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** How long a connection may take, in milliseconds; 60 s without it. */
  readonly connectTimeout?: number;
  /** How long no byte may come or go, in milliseconds; 60 s without it. */
  readonly readTimeout?: number;
}

/** The environment does not say how the store is reached. The message names the variables. */
export class S3OptionsError extends Error {
  override readonly name = "S3OptionsError";
}

/** Seconds between 0, exclusive, and an hour; as milliseconds. */
const timeout = z.coerce.number({ error: "must be a number of seconds" })
  .positive({ error: "must be more than 0 seconds" })
  .max(3_600, { error: "must be at most 3600 seconds" })
  .default(60)
  .transform((seconds) => seconds * 1_000);

const text = z.string().min(1).optional();

const VARIABLES = z.object({
  S3_BUCKET_NAME: z.string({ error: "is required" }),
  AWS_ACCESS_KEY_ID: text,
  AWS_SECRET_ACCESS_KEY: text,
  AWS_SESSION_TOKEN: text,
  AWS_REGION: z.string().default("us-east-1"),
  S3_ENDPOINT_URL: z.url({ protocol: /^https?$/, error: "must be an http or https URL" })
    .optional(),
  S3_SIGNATURE_VERSION: z.literal("s3v4", { error: "must be s3v4: no other is supported" })
    .default("s3v4"),
  S3_MAX_RETRIES: z.coerce.number({ error: "must be a whole number" })
    .int({ error: "must be a whole number" })
    .min(1, { error: "must be at least 1" })
    .max(100, { error: "must be at most 100" })
    .default(3),
  S3_CONNECT_TIMEOUT: timeout,
  S3_READ_TIMEOUT: timeout,
}).refine(
  (v) => (v.AWS_ACCESS_KEY_ID === undefined) === (v.AWS_SECRET_ACCESS_KEY === undefined),
  { path: ["AWS_ACCESS_KEY_ID"], error: "goes with AWS_SECRET_ACCESS_KEY: set both, or none" },
);

/**
 * Options from the usual variables; one that is empty counts as not set. `S3_MAX_RETRIES` is how
 * often something is tried in all; timeouts are in seconds.
 *
 * @throws {S3OptionsError}
 */
export function s3OptionsOf(environment: Readonly<Record<string, string | undefined>>): S3Options {
  const set = Object.fromEntries(
    Object.keys(VARIABLES.shape).flatMap((name) =>
      environment[name] ? [[name, environment[name]]] : []
    ),
  );
  const parsed = VARIABLES.safeParse(set);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`);
    throw new S3OptionsError(faults.join("; "));
  }
  const v = parsed.data;
  const retry: RetryOptions = { attempts: v.S3_MAX_RETRIES };
  return {
    bucket: v.S3_BUCKET_NAME,
    region: v.AWS_REGION,
    endpoint: v.S3_ENDPOINT_URL,
    credentials: v.AWS_ACCESS_KEY_ID === undefined || v.AWS_SECRET_ACCESS_KEY === undefined
      ? undefined
      : {
        accessKeyId: v.AWS_ACCESS_KEY_ID,
        secretAccessKey: v.AWS_SECRET_ACCESS_KEY,
        sessionToken: v.AWS_SESSION_TOKEN,
      },
    connectTimeout: v.S3_CONNECT_TIMEOUT,
    readTimeout: v.S3_READ_TIMEOUT,
    retry,
  };
}
