/**
 * The values and patterns of a policy, set beside the texts of a request.
 *
 * @module
 */
import type { Comparison } from "./comparisons.ts";
import { fixedParts, resolveTemplate, type Template } from "./variables.ts";

/** The one value of a condition key in a request; `undefined` where there is none, or several. */
export type ValueOf = (key: string) => string | undefined;

/**
 * Whether a text matches; `undefined` where that cannot be said, because the request lacks what a
 * variable stands for.
 */
export type ValueMatch = (actual: string, valueOf: ValueOf) => boolean | undefined;

/** @returns `undefined` where the value does not fit the comparison */
export function compileValue(
  template: Template,
  { test }: Comparison,
): ValueMatch | undefined {
  const parts = fixedParts(template);
  if (parts !== undefined) return test(parts);
  return (actual, valueOf) => {
    const resolved = resolveTemplate(template, valueOf);
    if (resolved === undefined) return undefined;
    const isLong = actual.length > LONGEST || resolved.some(({ text }) => text.length > LONGEST);
    return !isLong && (test(resolved)?.(actual) ?? false);
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
 * In UTF-16 units. No name, key or prefix is as long; but a header could be, and who wrote the policy
 * could have it compared with another hundreds of times.
 */
const LONGEST = 2_048;
