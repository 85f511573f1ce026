import { userArn } from "../../../policy/arn.ts";
import type { PrincipalPattern, Statement } from "../../../policy/document.ts";
import { type Writer, writersOf } from "../../../policy/writers.ts";
import type { BucketAddress } from "../bucket_store.ts";
import { storeName } from "../store_fault.ts";
import { advise } from "./advice.ts";
import type { Attempt } from "./attempts.ts";
import type { PolicyState } from "./policy_state.ts";
import type { Removal } from "./removal.ts";

/** All that a run of `policy verify` has found; as `--json` prints it. */
export interface VerifyReport {
  readonly bucket: string;
  readonly store: string;
  readonly prefix: string;
  readonly holds: boolean;
  readonly attempts: readonly Attempt[];
  /** What was made for the attempts. */
  readonly objects: readonly Removal[];
  /** `unknown` with the reason; what it says is under `writers`. */
  readonly policy: { readonly kind: PolicyState["kind"]; readonly reason?: string };
  /** Whom the policy lets write under the prefix; absent where it is not known. */
  readonly writers?: readonly ReportedWriter[];
  /** Why it does not hold, and what to do. */
  readonly advice?: string;
}

/** Somebody whom the policy lets write. */
export interface ReportedWriter {
  readonly principal: string;
  /** The Allow, by path and Sid. */
  readonly allowedBy: string;
  readonly isConditional: boolean;
  /** Statements of Deny that keep them from some of it. */
  readonly limitedBy: readonly string[];
}

/** Puts together what was found. */
export function verifyReport(
  address: BucketAddress,
  prefix: string,
  policy: PolicyState,
  attempts: readonly Attempt[],
  objects: readonly Removal[],
): VerifyReport {
  const advice = advise(attempts, policy, address, prefix);
  return {
    bucket: address.bucket,
    store: storeName(address),
    prefix,
    holds: advice === undefined,
    attempts,
    objects,
    policy: { kind: policy.kind, reason: policy.kind === "unknown" ? policy.reason : undefined },
    writers: policy.kind === "known"
      ? writersOf(policy.document, { bucket: address.bucket, prefix }).map(reportedWriter)
      : undefined,
    advice,
  };
}

/** A report as lines to read. */
export function reportLines(report: VerifyReport): readonly string[] {
  const { bucket, store, prefix, attempts, objects, advice } = report;
  return [
    `${bucket}/${prefix}* at ${store}:`,
    ...attempts.map(attemptLine),
    ...objects.map(objectLine),
    ...writerLines(report),
    advice === undefined ? "It holds." : `It does not hold: ${advice}.`,
  ];
}

/** What became of an object, as a line. */
export function objectLine({ key, removed, reason }: Removal): string {
  return `  made ${key}: ${removed ? "removed again" : `it stays, for ${reason}`}`;
}

function attemptLine({ what, expected, got, holds }: Attempt): string {
  return holds ? `  holds: ${what}: ${got}` : `  FAILS: ${what}: ${got} instead of ${expected}`;
}

function writerLines({ bucket, policy, writers }: VerifyReport): readonly string[] {
  if (policy.kind === "none") return [`${bucket} has no policy.`];
  if (writers === undefined) return [`Whom it lets write is not known: ${policy.reason}.`];
  return [
    "The policy lets write there, besides those who have the bucket without it:",
    ...writers.length === 0 ? ["  nobody"] : writers.map(writerLine),
  ];
}

function writerLine({ principal, allowedBy, isConditional, limitedBy }: ReportedWriter): string {
  const details = [
    `${allowedBy}${isConditional ? ", on conditions" : ""}`,
    ...limitedBy.length === 0 ? [] : [`limited by ${limitedBy.join(", ")}`],
  ];
  return `  ${principal} (${details.join("; ")})`;
}

function reportedWriter(
  { principal, statement, isConditional, limitedBy }: Writer,
): ReportedWriter {
  return {
    principal: principalName(principal),
    allowedBy: statementName(statement),
    isConditional,
    limitedBy: limitedBy.map(statementName),
  };
}

function statementName({ path, sid }: Statement): string {
  return sid === undefined ? path : `${path} ${sid}`;
}

/** Whom a pattern means, in words. */
export function principalName(principal: PrincipalPattern): string {
  switch (principal.kind) {
    case "everyone":
      return "everybody, also without credentials";
    case "account":
      return `users of account ${principal.account} who have the bucket`;
    case "user":
      return userArn(principal.account, principal.name);
    case "canonical":
      return `canonical user ${principal.id}`;
    case "foreign":
      return principal.value;
  }
}
