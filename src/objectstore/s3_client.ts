import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { VERSION } from "../version.ts";
import { webIdentity } from "./web_identity.ts";

/** Where an S3 store is, and how long to wait for it. */
export interface S3ClientOptions {
  /** URL; AWS S3 without it. */
  readonly endpoint?: string;
  /** Without it what AWS_REGION says, then `us-east-1`. */
  readonly region?: string;
  /** Without it the SDK looks where it usually does: variables, profiles, the machine's role. */
  readonly credentials?: S3ClientConfig["credentials"];
  /** How long a connection may take, in milliseconds; 5 s without it. */
  readonly connectLimit?: number;
  /** How long an answer may take, in milliseconds; 30 s without it, 0 for no limit. */
  readonly answerLimit?: number;
}

/** Most requests that are under way at the same time. */
export const MOST_REQUESTS = 64;

/** Milliseconds. */
const CONNECT_LIMIT = 5_000;

/** How long an answer may take unless somebody says otherwise, in milliseconds. */
export const ANSWER_LIMIT = 30_000;

const DEFAULT_REGION = "us-east-1";

const say = () => {};

/** The SDK prints to the terminal otherwise what it throws as well. */
const SILENT = { trace: say, debug: say, info: say, warn: say, error: say };

/**
 * A client with the usual variables of AWS, which never sends a request twice: whether it may is for
 * its caller to know. With an endpoint it puts the bucket into the path.
 */
export function openS3Client(
  {
    endpoint,
    region,
    credentials: given,
    connectLimit = CONNECT_LIMIT,
    answerLimit = ANSWER_LIMIT,
  }: S3ClientOptions,
): S3Client {
  // Without it the SDK asks the system for the user's directory, which takes a permission.
  if (!Deno.env.get("HOME")) Deno.env.set("HOME", "/");
  const agent = { keepAlive: true, maxSockets: MOST_REQUESTS };
  const where = region || Deno.env.get("AWS_REGION") || Deno.env.get("AWS_DEFAULT_REGION") ||
    DEFAULT_REGION;
  const credentials = given ?? webIdentity((name) => Deno.env.get(name), where);
  return new S3Client({
    endpoint,
    forcePathStyle: endpoint !== undefined,
    followRegionRedirects: true,
    region: where,
    ...credentials === undefined ? {} : { credentials },
    maxAttempts: 1,
    logger: SILENT,
    // What the store does not ask for is refused by some, and turns a stream's length into chunks.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    // The runtime does not tell of the answer that it waits for.
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: connectLimit,
      requestTimeout: answerLimit,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
    // The SDK's own asks for the release of the operating system, which takes a permission.
    defaultUserAgentProvider: () => Promise.resolve([["holdfast", VERSION]]),
  });
}
