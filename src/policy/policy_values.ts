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
 * Makes a test of a value. A text of more than 1,101 UTF-16 units matches no value that has a variable,
 * and nothing matches a variable that stands for so much.
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
    if (!isShort(actual) || !resolved.every(({ text }) => isShort(text))) return false;
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

/**
 * The ARN of an object, at most; names and prefixes are shorter. Headers can be longer, and a policy
 * may compare one with another hundreds of times.
 */
const LONGEST = "arn:aws:s3:::/".length + 63 + 1_024;

function isShort(text: string): boolean {
  return text.length <= LONGEST;
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
