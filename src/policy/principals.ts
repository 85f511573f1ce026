/**
 * Whom `Principal` and `NotPrincipal` mean.
 * Source: "AWS JSON policy elements: Principal" and "NotPrincipal" in the IAM user guide.
 *
 * @module
 */
import type { Elements, PrincipalPattern, Statement } from "./document.ts";
import type { PolicyPrincipal } from "./request.ts";

/** What entries of `Principal` are called. */
export const PRINCIPAL_TYPES = ["AWS", "CanonicalUser", "Federated", "Service"] as const;

/** One of {@link PRINCIPAL_TYPES}. */
export type PrincipalType = typeof PRINCIPAL_TYPES[number];

const IDENTITY_ARN =
  /^arn:aws(?:-cn|-us-gov)?:(?<service>iam|sts)::(?<account>\d{12})?:(?<who>[^*?]+)$/;

/** Sorts of identities that nobody here can have, by service. */
const FOREIGN: Readonly<Record<string, RegExp>> = {
  iam: /^role\/./s,
  sts: /^(?:assumed-role|federated-user)\/./s,
};

/**
 * Reads an entry of `Principal`.
 *
 * @returns `undefined` for what means nobody; a part of an ARN cannot be a wildcard
 */
export function parsePrincipal(type: PrincipalType, value: string): PrincipalPattern | undefined {
  if (type === "AWS") return parseIdentity(value);
  if (type === "CanonicalUser") {
    return /[*?]/.test(value) ? undefined : { kind: "canonical", id: value };
  }
  return { kind: "foreign", type, value };
}

/** Says in AWS's words that an entry of `Principal` is refused. */
export function invalidPrincipal(detail: string): string {
  return `Invalid principal in policy: ${detail}`;
}

function parseIdentity(value: string): PrincipalPattern | undefined {
  if (value === "*") return { kind: "everyone" };
  if (/^\d{12}$/.test(value)) return { kind: "account", account: value };
  const { service = "", account = "", who } = IDENTITY_ARN.exec(value)?.groups ?? {};
  if (who === undefined) return undefined;
  if (FOREIGN[service]?.test(who)) return { kind: "foreign", type: "AWS", value };
  if (service !== "iam") return undefined;
  if (who === "root") return { kind: "account", account };
  return /^user\/./s.test(who)
    ? { kind: "user", account, name: who.slice("user/".length) }
    : undefined;
}

/**
 * Whether a statement is about a principal.
 *
 * An Allow to an account delegates to what the account says of its users, so it reaches those who
 * may use the bucket anyway; a Deny reaches all of them. An account in `NotPrincipal` is only the
 * account itself, none of its users.
 */
export function matchesPrincipal(
  { negated, patterns }: Elements<PrincipalPattern>,
  principal: PolicyPrincipal,
  effect: Statement["effect"],
): boolean {
  for (const pattern of patterns) {
    if (pattern.kind === "account" && negated) continue;
    if (isMeant(pattern, principal, effect)) return !negated;
  }
  return negated;
}

function isMeant(
  pattern: PrincipalPattern,
  principal: PolicyPrincipal,
  effect: Statement["effect"],
): boolean {
  if (pattern.kind === "everyone") return true;
  if (principal.kind === "anonymous" || pattern.kind === "foreign") return false;
  if (pattern.kind === "canonical") return pattern.id === principal.name;
  if (pattern.account !== "" && pattern.account !== principal.account) return false;
  if (pattern.kind === "user") return pattern.name === principal.name;
  return effect === "Deny" || principal.isMember;
}
