/**
 * The values and patterns of a policy, set beside the texts of a request.
 *
 * @module
 */
import type { Comparison } from "./comparisons.ts";
import { fixedParts, resolveTemplate, type Template } from "./variables.ts";
import type { PatternPart } from "./wildcard.ts";

/** The one value of a condition key in a request; `undefined` where there is none, or several. */
export type ValueOf = (key: string) => string | undefined;

/**
 * Whether a text matches; `undefined` where that cannot be said, because the request lacks what a
 * variable stands for.
 */
export type ValueMatch = (actual: string, valueOf: ValueOf) => boolean | undefined;

/**
 * Makes a test of a value. A text of more than 2,048 UTF-16 units matches no value that has a
 * variable.
 *
 * @returns `undefined` where the value does not fit the comparison
 */
export function compileValue(
  template: Template,
  comparison: Comparison,
): ValueMatch | undefined {
  const parts = fixedParts(template);
  if (parts !== undefined) return comparison.test(parts);
  return (actual, valueOf) => {
    const resolved = resolveTemplate(template, valueOf);
    if (resolved === undefined) return undefined;
    if (actual.length > LONGEST || !canHold(actual, resolved)) return false;
    // Making a test is what costs most, and few texts begin as the value does.
    if (!comparison.ignoresCase && !actual.startsWith(startOf(resolved))) return false;
    return comparison.test(resolved)?.(actual) ?? false;
  };
}

/** Whether a text matches one of a list. */
export function matchesAny(
  matches: readonly ValueMatch[],
  actual: string,
  valueOf: ValueOf,
): boolean {
  for (const match of matches) {
    if (match(actual, valueOf)) return true;
  }
  return false;
}

/**
 * Whether a text certainly matches none of a list. A variable that stands for nothing makes its
 * statement invalid, so neither matching nor not matching may follow from it.
 * Source: "Principal key values" in "IAM policy elements: Variables and tags".
 */
export function matchesNone(
  matches: readonly ValueMatch[],
  actual: string,
  valueOf: ValueOf,
): boolean {
  for (const match of matches) {
    if (match(actual, valueOf) !== false) return false;
  }
  return true;
}

/** No header, parameter or ARN that a condition is held against is longer. */
const LONGEST = 2_048;

/**
 * Whether a text is long enough for all that variables stand for, which has to be in it as it is.
 * Hundreds of variables that stand for much would else cost as much as their product.
 */
function canHold(actual: string, resolved: readonly PatternPart[]): boolean {
  let literal = 0;
  for (const { text, isLiteral } of resolved) {
    if (isLiteral) literal += text.length;
    // Lower case can be longer or shorter than upper case, but not by so much.
    if (literal > 3 * actual.length) return false;
  }
  return true;
}

/** What stands before the first wildcard. */
function startOf(parts: readonly PatternPart[]): string {
  let start = "";
  for (const { text, isLiteral } of parts) {
    const wildcard = isLiteral ? -1 : text.search(/[*?]/);
    if (wildcard >= 0) return start + text.slice(0, wildcard);
    start += text;
  }
  return start;
}
