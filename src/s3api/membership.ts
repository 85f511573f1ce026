/**
 * Who may use a bucket where no policy says anything.
 *
 * @module
 */
import type { Bucket } from "../storage/model.ts";
import type { AccessRules } from "./access_rules.ts";
import { ownerName } from "./owner.ts";
import type { Principal } from "./principal.ts";

/** Whether a bucket is one of the buckets of a principal's credential, or its own. */
export function isMember(principal: Principal, bucket: Bucket): boolean {
  if (principal.kind === "anybody") return true;
  if (principal.kind === "anonymous") return false;
  return principal.buckets === "*" || principal.buckets.has(bucket.name) ||
    isOwn(principal, bucket);
}

/**
 * Whether a member may delete a bucket: it has to be its own. A bucket from the configuration is
 * nobody's; once gone, its name would be free for any other user to take.
 */
export function mayDeleteBucket(principal: Principal, bucket: Bucket): boolean {
  if (principal.kind === "anybody") return true;
  if (principal.kind === "anonymous") return false;
  return principal.buckets === "*" || isOwn(principal, bucket);
}

/**
 * Whether a bucket's policy cannot be taken out of a principal's hands: it created the bucket, or
 * is the one whom the configuration makes the owner.
 */
export function ownsPolicy(
  principal: Principal,
  bucket: Bucket,
  { owners }: Pick<AccessRules, "owners">,
): boolean {
  if (principal.kind === "anybody") return true;
  if (principal.kind === "anonymous") return false;
  return isOwn(principal, bucket) || owners.get(bucket.name) === principal.name;
}

function isOwn(principal: Principal, { owner }: Bucket): boolean {
  return owner !== "" && owner === ownerName(principal);
}
