/**
 * What a condition says of its key: whether it asks for it to be there, and with which values.
 *
 * @module
 */
import { compileCondition } from "../conditions.ts";
import type { Condition, Statement } from "../document.ts";

/** Whether a condition holds in a request that does not have its key. */
export function holdsWithoutKey(condition: Condition): boolean {
  return compileCondition(condition, true).holds(undefined, nothing);
}

/** Whether a condition holds in a request whose key has one value, as a test of values. */
export function valueTest(condition: Condition): (value: string) => boolean {
  const { holds } = compileCondition(condition, true);
  return (value) => holds(value, nothing);
}

/** Whether a condition holds only in requests that do not have its key. */
export function wantsKeyAway({ operator, values }: Condition): boolean {
  return operator === "Null" && !values.includes("false");
}

/** What a statement does to requests without the key of one of its conditions, in words. */
export function describeWithoutKey({ effect }: Statement, condition: Condition): string {
  return holdsWithoutKey(condition)
    ? `the condition always holds and does not narrow the ${effect}`
    : `the ${effect} never matches`;
}

/** Whether a value holds a policy variable, so that only a request tells what it is. */
export function hasVariable(value: string): boolean {
  return value.includes("${");
}

/** Whether a condition is about the key of that name; names are compared without case. */
export function isAbout({ key }: Condition, name: string): boolean {
  return key.toLowerCase() === name.toLowerCase();
}

/** Conditions by the key that they are about, in lower case. */
export function byKey(conditions: readonly Condition[]): ReadonlyMap<string, readonly Condition[]> {
  return Map.groupBy(conditions, ({ key }) => key.toLowerCase());
}

/** What a variable stands for where nobody asks. */
function nothing(): undefined {
  return undefined;
}
