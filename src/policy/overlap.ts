/**
 * How much of what one side means the elements of a statement mean too.
 *
 * @module
 */
import { objectArn } from "./arn.ts";
import type { Elements, PrincipalPattern } from "./document.ts";
import { fixedParts, parseTemplate, type Template } from "./variables.ts";
import { compileWildcard, type PatternPart } from "./wildcard.ts";

/** How much of it; `some` also where that cannot be told. */
export type Overlap = "none" | "some" | "all";

/** Of whom a pattern means, those whom `Principal` or `NotPrincipal` means. */
export function principalOverlap(
  { negated, patterns }: Elements<PrincipalPattern>,
  whom: PrincipalPattern,
): Overlap {
  // An account in NotPrincipal is none of its users.
  const meant = negated ? patterns.filter(({ kind }) => kind !== "account") : patterns;
  return turned(negated, greatest(meant.map((pattern) => personOverlap(pattern, whom))));
}

/** Of the objects under a prefix, those that `Resource` or `NotResource` means. */
export function prefixOverlap(
  { negated, patterns }: Elements<string>,
  { bucket, prefix }: { readonly bucket: string; readonly prefix: string },
): Overlap {
  const start = objectArn(bucket, prefix);
  return turned(negated, greatest(patterns.map((pattern) => patternOverlap(pattern, start))));
}

const ORDER: readonly Overlap[] = ["none", "some", "all"];

function greatest(overlaps: readonly Overlap[]): Overlap {
  return ORDER[Math.max(0, ...overlaps.map((overlap) => ORDER.indexOf(overlap)))];
}

function turned(negated: boolean, overlap: Overlap): Overlap {
  if (!negated || overlap === "some") return overlap;
  return overlap === "all" ? "none" : "all";
}

function personOverlap(one: PrincipalPattern, other: PrincipalPattern): Overlap {
  if (one.kind === "everyone") return "all";
  if (other.kind === "everyone") return "some";
  if (one.kind === "account") return accountOverlap(one.account, accountOf(other));
  if (other.kind === "account") {
    return accountOverlap(other.account, accountOf(one)) === "none" ? "none" : "some";
  }
  if (one.kind === "foreign") {
    return other.kind === "foreign" && one.value === other.value ? "all" : "none";
  }
  if (other.kind === "foreign") return "none";
  return nameOf(one) === nameOf(other) ? accountOverlap(accountOf(one), accountOf(other)) : "none";
}

/** The account that is not named is that of the deployment, which may be any. */
function accountOverlap(one: string, other: string): Overlap {
  if (one === other) return "all";
  return one === "" || other === "" ? "some" : "none";
}

type Somebody = Exclude<PrincipalPattern, { kind: "everyone" }>;

function accountOf(pattern: Somebody): string {
  if (pattern.kind === "canonical") return "";
  if (pattern.kind !== "foreign") return pattern.account;
  return /^arn:[^:]*:[^:]*::(\d{12}):/.exec(pattern.value)?.[1] ?? pattern.type;
}

function nameOf(pattern: Exclude<Somebody, { kind: "foreign" | "account" }>): string {
  return pattern.kind === "canonical" ? pattern.id : pattern.name;
}

/** Of the texts that begin with `start`, those that a pattern matches. */
function patternOverlap(pattern: string, start: string): Overlap {
  const parts = parseTemplate(pattern);
  const fixed = fixedParts(parts);
  if (pattern.endsWith("*") && fixed !== undefined && compileWildcard(fixed)(start)) return "all";
  return canGoOn(parts, start) ? "some" : "none";
}

/** Whether a pattern matches some text that begins so; a variable may stand for anything. */
function canGoOn(parts: Template, start: string): boolean {
  const steps = parts.flatMap((part) => "text" in part ? stepsOf(part) : [ANY_TEXT]);
  let reached = withoutText(steps, new Set([0]));
  for (const character of start) {
    const next = [...reached].flatMap((at) => {
      if (steps[at] === ANY_TEXT) return [at];
      return steps[at] === ANY_CHARACTER || steps[at] === character ? [at + 1] : [];
    });
    reached = withoutText(steps, new Set(next));
  }
  return reached.size > 0;
}

const ANY_TEXT = Symbol("*");
const ANY_CHARACTER = Symbol("?");

function stepsOf({ text, isLiteral }: PatternPart): readonly (string | symbol)[] {
  if (isLiteral) return [...text];
  return [...text].map((character) => {
    if (character === "*") return ANY_TEXT;
    return character === "?" ? ANY_CHARACTER : character;
  });
}

/** With the places behind a `*`, which stands for no text too. */
function withoutText(steps: readonly (string | symbol)[], reached: Set<number>): Set<number> {
  // A set also visits what is added while it is walked.
  for (const at of reached) {
    if (steps[at] === ANY_TEXT) reached.add(at + 1);
  }
  return reached;
}
