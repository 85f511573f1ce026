/**
 * The store that a bucket is on, as `policy apply` and `policy verify` reach it.
 *
 * @module
 */
import { S3Client } from "@aws-sdk/client-s3";
import { webIdentity } from "../../objectstore/web_identity.ts";
import { VERSION } from "../../version.ts";
import { type CommandOption, UsageError } from "../command.ts";

/** Where a bucket is. */
export interface BucketAddress {
  readonly bucket: string;
  /** URL of the store; AWS S3 without it. */
  readonly endpoint?: string;
}

/** The options that say where a bucket is. */
export const ADDRESS_OPTIONS: Readonly<Record<string, CommandOption>> = {
  bucket: { value: "BUCKET", meaning: "The bucket.", required: true },
  endpoint: {
    value: "URL",
    meaning: "The store. Default: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, then AWS S3.",
  },
};

/** What `--help` says about credentials. */
export const CREDENTIALS_HELP = [
  "Credentials and region are found as by the AWS CLI: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,",
  "AWS_SESSION_TOKEN, AWS_REGION, AWS_PROFILE and the files under ~/.aws.",
].join("\n");

/** Limits in milliseconds. */
const CONNECT_LIMIT = 5_000;
const ANSWER_LIMIT = 30_000;

/**
 * The endpoint that an option or the environment names.
 *
 * @throws {UsageError} for what is no URL
 */
export function endpointOf(
  option: string | undefined,
  environment: Readonly<Record<string, string>>,
): string | undefined {
  const endpoint = option ??
    (environment["AWS_ENDPOINT_URL_S3"] || environment["AWS_ENDPOINT_URL"] || undefined);
  if (endpoint === undefined || /^https?:$/.test(URL.parse(endpoint)?.protocol ?? "")) {
    return endpoint;
  }
  throw new UsageError(`the endpoint ${endpoint} is no URL; write it as http://HOST:PORT`);
}

/**
 * A client with the usual variables of AWS. With an endpoint it puts the bucket into the path.
 *
 * @param attempts how often a call is sent at most; 1 for one that must not be repeated
 */
export async function openStore(
  { endpoint }: Pick<BucketAddress, "endpoint">,
  environment: Readonly<Record<string, string>>,
  attempts: number,
): Promise<S3Client> {
  // Without it the SDK asks the system for the user's directory, which takes a permission.
  if (!environment["HOME"]) Deno.env.set("HOME", "/");
  const region = environment["AWS_REGION"] || environment["AWS_DEFAULT_REGION"] ||
    await regionOfProfile();
  const credentials = webIdentity((name) => environment[name], region);
  return new S3Client({
    endpoint,
    forcePathStyle: endpoint !== undefined,
    followRegionRedirects: true,
    region,
    ...credentials === undefined ? {} : { credentials },
    maxAttempts: attempts,
    requestHandler: {
      connectionTimeout: CONNECT_LIMIT,
      requestTimeout: ANSWER_LIMIT,
      throwOnRequestTimeout: true,
    },
    // The SDK's own asks for the release of the operating system, which takes a permission.
    defaultUserAgentProvider: () => Promise.resolve([["holdfast", VERSION]]),
  });
}

/** A store of one's own has a region only because signatures want one. */
async function regionOfProfile(): Promise<string> {
  const client = new S3Client({});
  try {
    return await client.config.region();
  } catch {
    return DEFAULT_REGION;
  } finally {
    client.destroy();
  }
}

/** Where AWS tells of the right region, it is asked there. */
const DEFAULT_REGION = "us-east-1";
