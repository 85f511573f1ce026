/**
 * The bucket that the log is in, as the checks look at it.
 *
 * @module
 */
import { keyUnder, type LogLocation } from "../../config/log_location.ts";
import { parsePolicy } from "../../policy/parse.ts";
import { PolicyError } from "../../policy/policy_error.ts";
import type { PolicyDocument } from "../../policy/document.ts";
import { forBucket } from "../../policy/template.ts";
import { type BucketAddress, openStore } from "../policy/bucket_store.ts";
import { findPolicy } from "../policy/verify/policy_state.ts";
import { verifyBucket } from "../policy/verify/verify_bucket.ts";
import type { LogBucket, NoBucket } from "./context.ts";
import { lazily } from "./lazily.ts";

/** A policy that no bucket has yet. */
export interface PolicyFile {
  /** Path. */
  readonly name: string;
  readonly text: string;
}

/** The bucket of a log: there already, or to be with a policy that is in a file. */
export function logBucket(
  location: LogLocation,
  policyFile: PolicyFile | undefined,
  environment: Readonly<Record<string, string>>,
): LogBucket | NoBucket {
  if (location.kind === "file") {
    return { kind: "none", reason: `the log is in a file, ${location.path}, and in no bucket` };
  }
  const { bucket, prefix, endpoint } = location;
  const address = { bucket, endpoint };
  const place = { bucket, prefix: keyUnder(prefix, "") };
  if (policyFile !== undefined) {
    return { kind: "bucket", place, policy: lazily(() => policyIn(policyFile, bucket)) };
  }
  return {
    kind: "bucket",
    place,
    policy: lazily(() => policyOf(address, environment)),
    tried: lazily(() => verifyBucket(address, place.prefix, environment)),
  };
}

function policyIn({ name, text }: PolicyFile, bucket: string): Promise<PolicyDocument> {
  try {
    return Promise.resolve(parsePolicy(forBucket(text, bucket), { bucket }));
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return Promise.reject(new Error(`${name}: ${error.message}`, { cause: error }));
  }
}

async function policyOf(
  address: BucketAddress,
  environment: Readonly<Record<string, string>>,
): Promise<PolicyDocument> {
  const store = await openStore(address, environment, ATTEMPTS);
  try {
    const found = await findPolicy(store, address);
    if (found.kind === "known") return found.document;
    throw new Error(
      found.kind === "none" ? `${address.bucket} has no policy` : found.reason,
    );
  } finally {
    store.destroy();
  }
}

/** How often a reading call is sent at most. */
const ATTEMPTS = 3;
