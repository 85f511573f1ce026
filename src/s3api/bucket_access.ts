import type { Bucket } from "../storage/model.ts";
import { ownerName } from "./owner.ts";
import type { Principal } from "./principal.ts";

/**
 * Whether a principal may see a bucket: it is one of the buckets of its credential, or its own.
 * Anonymous requests get this far only where authentication is off.
 */
export function maySeeBucket(principal: Principal, bucket: Bucket): boolean {
  if (principal.kind === "anonymous" || principal.buckets === "*") return true;
  return principal.buckets.has(bucket.name) ||
    (bucket.owner !== "" && bucket.owner === ownerName(principal));
}
