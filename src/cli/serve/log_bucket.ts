/**
 * The bucket of a log of events, as it is at the start.
 *
 * @module
 */
import type { Config } from "../../config/config.ts";
import { type BucketLogLocation, keyUnder } from "../../config/log_location.ts";
import { objectArn } from "../../policy/arn.ts";
import type { PolicyRequest } from "../../policy/request.ts";
import type { AccessRules } from "../../s3api/access_rules.ts";
import { BucketPolicies } from "../../s3api/bucket_policy.ts";
import type { Storage } from "../../storage/storage.ts";
import { log } from "../../telemetry/logs.ts";
import { accessRulesOf } from "./credentials.ts";

/** How the bucket of a log is kept from its members. */
export type LogBucketState =
  | "absent"
  /** Who has the bucket can write over events. */
  | "open"
  | "kept";

/**
 * Warns of a log in a bucket of this service whose members could write over its events: rights to
 * the API of the log are none to the bucket.
 */
export async function warnOfOpenLogBucket(
  config: Config,
  storage: Pick<Storage, "findBucket">,
): Promise<void> {
  const { location } = config.log;
  if (location.kind !== "holdfast") return;
  const { bucket } = location;
  const state = await logBucketState(location, accessRulesOf(config), storage);
  if (state === "absent") log.warning("the bucket of the log of events is not there", { bucket });
  if (state === "open") {
    const policy = "policies/events-append-only.json";
    log.warning("who has its bucket can write over the log of events; a policy prevents that", {
      bucket,
      policy,
    });
  }
}

/** Whether the policy of a log's bucket lets no member write over events. */
export async function logBucketState(
  location: BucketLogLocation,
  rules: AccessRules,
  storage: Pick<Storage, "findBucket">,
): Promise<LogBucketState> {
  const bucket = await storage.findBucket(location.bucket);
  if (bucket === undefined) return "absent";
  const policy = new BucketPolicies(rules).of(bucket);
  if (policy.kind === "none") return "open";
  // A policy that cannot be understood closes the bucket.
  if (policy.kind === "broken") return "kept";
  const { outcome } = policy.compiled.decide(overwriting(location, rules.account));
  return outcome === "deny" ? "kept" : "open";
}

/** What nobody ought to be let do: a member writes an event without a condition. */
function overwriting({ bucket, prefix }: BucketLogLocation, account: string): PolicyRequest {
  return {
    principal: { kind: "user", account, name: "member", isMember: true },
    action: "s3:PutObject",
    resource: objectArn(bucket, keyUnder(prefix, "0000000000.json")),
    circumstances: {
      receivedAt: new Date(),
      sourceIp: "127.0.0.1",
      secureTransport: true,
      createsObject: true,
      header: () => undefined,
      query: () => undefined,
    },
  };
}
