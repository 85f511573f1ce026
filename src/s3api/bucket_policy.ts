/**
 * A bucket's policy, ready to be asked.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { type CompiledPolicy, compilePolicy } from "../policy/evaluate.ts";
import { parsePolicy } from "../policy/parse.ts";
import { PolicyError } from "../policy/policy_error.ts";
import { isPublic } from "../policy/public.ts";
import type { GovernedBucket } from "../storage/model.ts";
import type { AccessRules } from "./access_rules.ts";

/** The policy that holds for a bucket. */
export type BucketPolicy =
  | { readonly kind: "none" }
  | { readonly kind: "usable"; readonly compiled: CompiledPolicy; readonly isPublic: boolean }
  /** It cannot be understood, so nobody can tell what it forbids. */
  | { readonly kind: "broken" };

const NONE: BucketPolicy = { kind: "none" };
const BROKEN: BucketPolicy = { kind: "broken" };

const log = getLogger(["holdfast", "s3api"]);

/** The policies of buckets, each read once for as long as it stays what it is. */
export class BucketPolicies {
  readonly #known = new WeakMap<GovernedBucket, BucketPolicy>();

  constructor(private readonly rules: Pick<AccessRules, "policies">) {}

  /** The policy of a bucket: the configuration's, or else the stored one. */
  of(bucket: GovernedBucket): BucketPolicy {
    const known = this.#known.get(bucket);
    if (known !== undefined) return known;
    const policy = read(this.document(bucket), bucket.name);
    this.#known.set(bucket, policy);
    return policy;
  }

  /** The document that {@link of} reads; `undefined` where there is none. */
  document(bucket: GovernedBucket): string | undefined {
    return this.rules.policies.get(bucket.name)?.document ?? bucket.policy;
  }
}

function read(document: string | undefined, bucket: string): BucketPolicy {
  if (document === undefined) return NONE;
  try {
    const policy = parsePolicy(document, { bucket });
    return { kind: "usable", compiled: compilePolicy(policy), isPublic: isPublic(policy) };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    log.error("a bucket is closed: its policy cannot be used", { bucket, error });
    return BROKEN;
  }
}
