/**
 * Conditions of a statement, made ready to be asked.
 * Sources: "IAM JSON policy elements: Condition operators" and "Set operators for multivalued
 * context keys" in the IAM user guide.
 *
 * @module
 */
import type { ConditionValue } from "./condition_key.ts";
import type { Condition } from "./document.ts";
import { type ConditionOperator, findOperator } from "./operators.ts";
import { PolicyError } from "./policy_error.ts";
import {
  compileValue,
  matchesAny,
  matchesNone,
  type ValueMatch,
  type ValueOf,
} from "./policy_values.ts";
import { parseTemplate, plainTemplate } from "./variables.ts";

/** A condition that is ready. */
export interface CompiledCondition {
  /** As written. */
  readonly key: string;
  /** Whether it holds for what a request has under its key; an empty list is nothing. */
  holds(value: ConditionValue, valueOf: ValueOf): boolean;
}

/**
 * @param hasVariables whether the policy's version knows policy variables
 * @throws {PolicyError} if the operator does not exist, or a value does not fit it
 */
export function compileCondition(condition: Condition, hasVariables: boolean): CompiledCondition {
  const { key, path, values } = condition;
  const operator = findOperator(condition.operator);
  if (operator === undefined) {
    throw new PolicyError([{ path, message: `no operator is called "${condition.operator}"` }]);
  }
  const unfit = values.find((value) => !operator.accepts(value));
  if (unfit !== undefined) {
    throw new PolicyError([{ path, message: `"${unfit}" does not fit ${operator.name}` }]);
  }
  const { comparison } = operator;
  if (comparison === undefined) return { key, holds: presence(values) };
  const templateOf = hasVariables && comparison.takesVariables ? parseTemplate : plainTemplate;
  const matches = values.map((value) => compileValue(templateOf(value), comparison))
    .filter((match) => match !== undefined);
  return { key, holds: quantified(operator, matches) };
}

type Holds = CompiledCondition["holds"];

/** `Null`: `"true"` where the key has to be absent. */
function presence(values: readonly string[]): Holds {
  const [mayBeAbsent, mayBePresent] = [values.includes("true"), values.includes("false")];
  return (value) => isAbsent(value) ? mayBeAbsent : mayBePresent;
}

function quantified(operator: ConditionOperator, matches: readonly ValueMatch[]): Holds {
  const { quantifier, negated, ifExists } = operator;
  const one = negated ? matchesNone : matchesAny;
  if (quantifier === "ForAllValues") {
    return (value, valueOf) => valueSet(value).every((actual) => one(matches, actual, valueOf));
  }
  // IfExists changes nothing: no value means that not one of them matches.
  if (quantifier === "ForAnyValue") {
    return (value, valueOf) => valueSet(value).some((actual) => one(matches, actual, valueOf));
  }
  return (value, valueOf) => {
    if (typeof value === "string") return one(matches, value, valueOf);
    if (value === undefined || value.length === 0) return negated || ifExists;
    const holds = (actual: string) => one(matches, actual, valueOf);
    return negated ? value.every(holds) : value.some(holds);
  };
}

function isAbsent(value: ConditionValue): boolean {
  return value === undefined || (typeof value !== "string" && value.length === 0);
}

/** The values of a key as a set; for the set operators an empty text is none. */
function valueSet(value: ConditionValue): readonly string[] {
  if (value === undefined) return [];
  const values = typeof value === "string" ? [value] : value;
  return values.every((each) => each === "") ? [] : values;
}
