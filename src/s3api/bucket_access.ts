import type { Bucket } from "../storage/model.ts";
import { ownerName } from "./owner.ts";
import type { Principal } from "./principal.ts";

/**
 * Whether a principal may see a bucket: it is one of the buckets of its credential, or its own.
 * Anonymous requests get this far only where authentication is off.
 */
export function maySeeBucket(principal: Principal, bucket: Bucket): boolean {
  if (principal.kind === "anonymous" || principal.buckets === "*") return true;
  return principal.buckets.has(bucket.name) || isOwn(principal, bucket);
}

/**
 * Whether a principal may delete a bucket that it may see: it has to be its own. A bucket from the
 * configuration is nobody's; once gone, its name would be free for any other user to take.
 */
export function mayDeleteBucket(principal: Principal, bucket: Bucket): boolean {
  if (principal.kind === "anonymous" || principal.buckets === "*") return true;
  return isOwn(principal, bucket);
}

function isOwn(principal: Principal, { owner }: Bucket): boolean {
  return owner !== "" && owner === ownerName(principal);
}
