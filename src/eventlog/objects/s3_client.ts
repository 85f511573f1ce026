import { S3Client } from "@aws-sdk/client-s3";
import { VERSION } from "../../version.ts";

/** Where an S3 store is. */
export interface S3StoreAddress {
  /** URL; AWS S3 without it. */
  readonly endpoint?: string;
  /** Without it what AWS_REGION says, then `us-east-1`. */
  readonly region?: string;
}

/** Most requests that are under way at the same time. */
export const MOST_REQUESTS = 64;

/** Milliseconds: to be connected, to have the whole answer. */
const CONNECT_LIMIT = 5_000;
export const ANSWER_LIMIT = 30_000;

const DEFAULT_REGION = "us-east-1";

/**
 * A client with the usual variables of AWS, which never sends a request twice: whether it may is for
 * its caller to know. With an endpoint it puts the bucket into the path.
 */
export function openS3Client({ endpoint, region }: S3StoreAddress): S3Client {
  // Without it the SDK asks the system for the user's directory, which takes a permission.
  if (!Deno.env.get("HOME")) Deno.env.set("HOME", "/");
  const agent = { keepAlive: true, maxSockets: MOST_REQUESTS };
  return new S3Client({
    endpoint,
    forcePathStyle: endpoint !== undefined,
    followRegionRedirects: true,
    region: region || Deno.env.get("AWS_REGION") || Deno.env.get("AWS_DEFAULT_REGION") ||
      DEFAULT_REGION,
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: CONNECT_LIMIT,
      requestTimeout: ANSWER_LIMIT,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
    // The SDK's own asks for the release of the operating system, which takes a permission.
    defaultUserAgentProvider: () => Promise.resolve([["holdfast", VERSION]]),
  });
}
