import { objectArn } from "../../../policy/arn.ts";
import { refusesUnconditional } from "../../../policy/lint/probe.ts";
import type { WrittenPlace } from "../../../policy/writers.ts";
import type { BucketAddress } from "../bucket_store.ts";
import { storeName } from "../store_fault.ts";
import type { Attempt } from "./attempts.ts";
import type { PolicyState } from "./policy_state.ts";

/** Why a bucket is not write-once, and what to do, in one sentence; `undefined` where it is. */
export function advise(
  attempts: readonly Attempt[],
  policy: PolicyState,
  address: BucketAddress,
  prefix: string,
): string | undefined {
  const [unconditional, conditional, repeated] = attempts;
  if (!unconditional.holds) return unenforced(policy, address, { ...address, prefix });
  if (!conditional.holds) {
    return conditional.got.startsWith("403")
      ? `this credential may not write under ${address.bucket}/${prefix} at all; run it with one that may`
      : `${storeName(address)} does not take If-None-Match on a PUT; ${IN_FRONT}`;
  }
  return repeated.holds
    ? undefined
    : `${storeName(address)} passes over If-None-Match and overwrites; ${IN_FRONT}`;
}

const IN_FRONT = "put Holdfast in front of it, where conditional writes hold on every backend";

/** A write without a condition went through. */
function unenforced(policy: PolicyState, address: BucketAddress, place: WrittenPlace): string {
  const { bucket, prefix } = place;
  const apply = `"holdfast policy apply", such as policies/events-append-only.json for events/`;
  switch (policy.kind) {
    case "none":
      return `${bucket} has no policy; put one with ${apply}, or where the store does not take ` +
        `it, ${IN_FRONT}`;
    case "unknown":
      return `either the policy of ${bucket} does not refuse writes without a condition or ` +
        `${storeName(address)} does not enforce it; put one with ${apply}, or ${IN_FRONT}`;
    case "known":
      return refusesUnconditional(policy.document, objectArn(bucket, `${prefix}x`))
        ? `${storeName(address)} keeps the policy of ${bucket} but does not enforce it on this ` +
          `credential, as MinIO does with all of its users; ${IN_FRONT}`
        : `the policy of ${bucket} does not refuse writes without a condition under ${prefix}; ` +
          `put one that does with ${apply}`;
  }
}
