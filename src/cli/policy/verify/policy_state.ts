import type { S3Client } from "@aws-sdk/client-s3";
import type { PolicyDocument } from "../../../policy/document.ts";
import { parsePolicy } from "../../../policy/parse.ts";
import { PolicyError } from "../../../policy/policy_error.ts";
import { getBucketPolicy } from "../bucket_policy.ts";
import type { BucketAddress } from "../bucket_store.ts";

/** What is known of a bucket's policy. */
export type PolicyState =
  | { readonly kind: "none" }
  /** Refused, or in words that are not understood. */
  | { readonly kind: "unknown"; readonly reason: string }
  | { readonly kind: "known"; readonly document: PolicyDocument };

/** Finds out what policy a bucket has, as far as the credential may know. */
export async function findPolicy(store: S3Client, address: BucketAddress): Promise<PolicyState> {
  try {
    const text = await getBucketPolicy(store, address);
    return text === undefined ? { kind: "none" } : { kind: "known", document: parsePolicy(text) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const reason = error instanceof PolicyError
      ? `the policy cannot be understood: ${error.message}`
      : error.message;
    return { kind: "unknown", reason };
  }
}
