/**
 * Whether a policy means something: all that it names exists, and goes together.
 * Source: the refusals of PutBucketPolicy, "Bucket policies for Amazon S3" in the Amazon S3 user
 * guide.
 *
 * @module
 */
import { checkConditions } from "./check_conditions.ts";
import { checkVariables } from "./check_variables.ts";
import type { PolicyDocument, PrincipalPattern, Statement } from "./document.ts";
import type { PolicyContext } from "./policy_context.ts";
import type { PolicyFault } from "./policy_error.ts";
import { invalidPrincipal } from "./principals.ts";
import { actionsLike, isDoneTo, targetsOf } from "./reach.ts";

/** Everything that is wrong with what a policy means. */
export function checkPolicy(
  document: PolicyDocument,
  context: PolicyContext,
): readonly PolicyFault[] {
  return document.statements.flatMap((statement) => [
    ...checkPrincipals(statement, context),
    ...checkActions(statement, context),
    ...checkResources(statement, document, context),
    ...checkConditions(statement, document, context),
  ]);
}

function checkPrincipals(
  { path, effect, principals }: Statement,
  context: PolicyContext,
): readonly PolicyFault[] {
  const place = `${path}.${principals.negated ? "NotPrincipal" : "Principal"}`;
  if (principals.negated && effect === "Allow") {
    return [{ path: place, message: "Invalid policy syntax: NotPrincipal goes with Deny only" }];
  }
  return principals.patterns.flatMap((pattern) => {
    const stranger = strangerIn(pattern, context);
    return stranger === undefined ? [] : [{ path: place, message: invalidPrincipal(stranger) }];
  });
}

/** Who of a pattern does not exist; `undefined` where that cannot be said. */
function strangerIn(
  pattern: PrincipalPattern,
  { account, knows }: PolicyContext,
): string | undefined {
  if (pattern.kind === "everyone" || pattern.kind === "foreign") return undefined;
  if (pattern.kind !== "canonical") {
    const isElsewhere = account !== undefined && !["", account].includes(pattern.account);
    if (isElsewhere) return `there is no account ${pattern.account} here`;
    if (pattern.kind === "account") return undefined;
  }
  const user = pattern.kind === "canonical" ? { account: "", name: pattern.id } : pattern;
  return knows?.(user) === false ? `there is no user ${user.name}` : undefined;
}

function checkActions(statement: Statement, { bucket }: PolicyContext): readonly PolicyFault[] {
  const { path, actions: { patterns, negated }, resources } = statement;
  const targets = targetsOf(resources);
  const place = `${path}.${negated ? "NotAction" : "Action"}`;
  return patterns.flatMap((pattern) => {
    const actions = actionsLike(pattern);
    if (actions.length === 0) {
      return [{ path: place, message: `Policy has invalid action: ${pattern}` }];
    }
    const isLost = bucket !== undefined && !negated &&
      !actions.some((action) => isDoneTo(targets, action));
    return isLost ? [{ path: place, message: `${LOST_ACTION}: ${pattern}` }] : [];
  });
}

const LOST_ACTION = "Action does not apply to any resource(s) in statement";

function checkResources(
  { path, resources: { patterns, negated } }: Statement,
  { version }: PolicyDocument,
  { bucket }: PolicyContext,
): readonly PolicyFault[] {
  const place = `${path}.${negated ? "NotResource" : "Resource"}`;
  const messages = patterns.flatMap((pattern) => {
    if (!isResource(pattern, bucket)) return [`Policy has invalid resource: ${pattern}`];
    return version === "2012-10-17" ? checkVariables(pattern) : [];
  });
  return messages.map((message) => ({ path: place, message }));
}

/** Of a bucket's policy: whether the pattern names that bucket, or what is in it. */
function isResource(pattern: string, bucket: string | undefined): boolean {
  const [, named] = /^arn:aws:s3:::([^/]+)/.exec(pattern) ?? [];
  return bucket === undefined ? pattern === "*" || named !== undefined : named === bucket;
}
