/**
 * What stores answer when they refuse, in words for an operator.
 *
 * @module
 */
import { S3ServiceException } from "@aws-sdk/client-s3";
import type { BucketAddress } from "./bucket_store.ts";

/** Why a call did not go through. */
export interface StoreFault {
  /** As S3 names it, `AccessDenied`; where no store answered, as the system names it. */
  readonly code: string;
  /** Of HTTP; 0 where no store answered. */
  readonly status: number;
  readonly message: string;
}

/** What a call to a store threw. */
export function storeFault(error: unknown): StoreFault {
  if (error instanceof S3ServiceException) {
    const status = error.$metadata.httpStatusCode ?? 0;
    return { code: error.name, status, message: error.message };
  }
  if (!(error instanceof Error)) return { code: "", status: 0, message: String(error) };
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  return { code, status: 0, message: error.message };
}

/**
 * A call that failed, as an error to show.
 *
 * @param attempt what did not come about: `the policy was not put`
 */
export function storeError(error: unknown, address: BucketAddress, attempt: string): Error {
  const { code, message } = storeFault(error);
  const hint = HINTS[code]?.(address, message);
  const said = message === "" || message === code ? code : `${code}: ${message}`;
  return new Error(`${attempt}: ${hint === undefined ? said : `${hint} (${said})`}`, {
    cause: error,
  });
}

/** @param message the store's own words */
type Hint = (address: BucketAddress, message: string) => string;

/** What to make of a code, where the store's own words leave that open. */
const HINTS: Readonly<Record<string, Hint | undefined>> = {
  AccessDenied: () => "this credential may not do that",
  CredentialsProviderError: () =>
    "there are no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
  InvalidAccessKeyId: (address) => `${storeName(address)} does not know AWS_ACCESS_KEY_ID`,
  MalformedPolicy: policyRefused,
  MethodNotAllowed: noPolicies,
  NoSuchBucket: (address) => `${storeName(address)} has no bucket ${address.bucket}`,
  NotImplemented: noPolicies,
  SignatureDoesNotMatch: () => "AWS_SECRET_ACCESS_KEY is not the secret of this access key",
  ECONNREFUSED: unreachable,
  ECONNRESET: unreachable,
  ENOTFOUND: unreachable,
  EAI_AGAIN: unreachable,
  ETIMEDOUT: unreachable,
  TimeoutError: unreachable,
};

/** What a store is called where it is spoken of. */
export function storeName({ endpoint }: Pick<BucketAddress, "endpoint">): string {
  return endpoint ?? "AWS S3";
}

/** Lint has found the keys of a policy to be S3's, so a store that does not know one lacks it. */
function policyRefused(address: BucketAddress, message: string): string {
  const refused = `${storeName(address)} does not take this policy`;
  return message.toLowerCase().includes("invalid condition key")
    ? `${refused} and cannot enforce it; put Holdfast in front of it`
    : refused;
}

function unreachable(address: BucketAddress): string {
  return `${storeName(address)} cannot be reached`;
}

function noPolicies(address: BucketAddress): string {
  return `${storeName(address)} has no bucket policies; put Holdfast in front of it`;
}
