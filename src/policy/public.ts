import type { Condition, PolicyDocument, Statement } from "./document.ts";
import { parseIpRange } from "./ip_range.ts";
import { findOperator } from "./operators.ts";

/**
 * Whether a policy lets everybody in: whether it has an Allow that neither names whom it is for, nor
 * asks for a fixed value of a key that tells.
 * Source: "The meaning of public" in "Blocking public access to your Amazon S3 storage", Amazon S3
 * user guide.
 */
export function isPublic({ statements }: PolicyDocument): boolean {
  return statements.some((statement) =>
    statement.effect === "Allow" && !hasFixedPrincipals(statement) &&
    !statement.conditions.some(isLimiting)
  );
}

/** Whoever comes from an identity provider may be anybody. */
function hasFixedPrincipals({ principals: { negated, patterns } }: Statement): boolean {
  return !negated &&
    !patterns.some((pattern) =>
      pattern.kind === "everyone" || (pattern.kind === "foreign" && pattern.type === "Federated")
    );
}

/** Whether a condition holds for few only: it wants the key to be there, with a fixed value. */
function isLimiting({ operator, key, values }: Condition): boolean {
  const { comparison, negated = true, ifExists, quantifier } = findOperator(operator) ?? {};
  const isFixed = LIMITING_KEYS.get(key.toLowerCase());
  if (isFixed === undefined || comparison === undefined) return false;
  // All of no values satisfy ForAllValues, so it does not want the key to be there.
  if (negated || ifExists || quantifier === "ForAllValues") return false;
  return values.every(isFixed);
}

/** The keys that tell who or from where, and which values of theirs are fixed ones. */
const LIMITING_KEYS: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ["aws:principalaccount", hasNoWildcard],
  ["aws:principalarn", hasNoWildcard],
  ["aws:principalorgid", hasNoWildcard],
  ["aws:principalorgpaths", hasNoWildcard],
  ["aws:sourceaccount", hasNoWildcard],
  ["aws:sourcearn", hasNoWildcard],
  ["aws:sourceip", isNarrowRange],
  ["aws:sourceowner", hasNoWildcard],
  ["aws:sourcevpc", hasNoWildcard],
  ["aws:sourcevpce", hasNoWildcard],
  ["aws:userid", hasNoWildcard],
  ["s3:dataaccesspointaccount", hasNoWildcard],
  ["s3:dataaccesspointarn", isOfOneAccount],
  ["s3:x-amz-server-side-encryption-aws-kms-key-id", hasNoWildcard],
]);

function hasNoWildcard(value: string): boolean {
  return !/[*?]|\$\{/.test(value);
}

/** An access point's name may be a pattern, its account may not. */
function isOfOneAccount(value: string): boolean {
  return /^arn:aws:s3:[^:]*:\d{12}:accesspoint\//.test(value);
}

/** Bits of a prefix; a range with fewer is as good as everybody. */
const BROADEST = { 4: 8, 6: 32 };

function isNarrowRange(value: string): boolean {
  const range = parseIpRange(value);
  return range !== undefined && range.prefix >= BROADEST[range.address.family];
}
