/**
 * The condition operators: `StringLike`, `ForAnyValue:StringLike`, `StringLikeIfExists` and so on.
 * Sources: "IAM JSON policy elements: Condition operators" and "Set operators for multivalued
 * context keys" in the IAM user guide.
 *
 * @module
 */
import {
  type Comparison,
  dates,
  inIpRange,
  likeArn,
  likeText,
  numbers,
  sameBytes,
  sameText,
  sameTextIgnoringCase,
  sameTruth,
} from "./comparisons.ts";
import { parseTemplate } from "./variables.ts";
import type { PatternPart } from "./wildcard.ts";

/** An operator, with what stands before and behind its name. */
export interface ConditionOperator {
  /** Without quantifier and `IfExists`: `StringNotLike`. */
  readonly name: string;
  readonly quantifier?: Quantifier;
  readonly ifExists: boolean;
  /** Whether it holds for all values but the given ones. */
  readonly negated: boolean;
  /** Absent for `Null`, which compares nothing. */
  readonly comparison?: Comparison;
  /** Whether a value, as the policy has it, fits the operator. */
  accepts(value: string): boolean;
}

/** How the values of a request are taken together. */
export type Quantifier = "ForAllValues" | "ForAnyValue";

/**
 * The operator of that name as a policy writes it: case matters, `Null` goes with neither
 * quantifier nor `IfExists`.
 *
 * @returns `undefined` where there is none
 */
export function findOperator(written: string): ConditionOperator | undefined {
  const { quantifier, name = "", ifExists } = FORM.exec(written)?.groups ?? {};
  if (written === "Null") return NULL;
  const row = OPERATORS.get(name);
  if (row === undefined) return undefined;
  const [comparison, negated] = row;
  return {
    name,
    quantifier: quantifier === "ForAllValues" || quantifier === "ForAnyValue"
      ? quantifier
      : undefined,
    ifExists: ifExists !== undefined,
    negated: negated !== undefined,
    comparison,
    accepts: (value) => comparison.test(partsToCheck(comparison, value)) !== undefined,
  };
}

const FORM =
  /^(?:(?<quantifier>ForAllValues|ForAnyValue):)?(?<name>[A-Za-z]+?)(?<ifExists>IfExists)?$/;

type Row = readonly [comparison: Comparison, negated?: "negated"];

const numericEquals = numbers((actual, expected) => actual === expected);
const dateEquals = dates((actual, expected) => actual === expected);

const OPERATORS: ReadonlyMap<string, Row> = new Map(Object.entries<Row>({
  StringEquals: [sameText],
  StringNotEquals: [sameText, "negated"],
  StringEqualsIgnoreCase: [sameTextIgnoringCase],
  StringNotEqualsIgnoreCase: [sameTextIgnoringCase, "negated"],
  StringLike: [likeText],
  StringNotLike: [likeText, "negated"],
  NumericEquals: [numericEquals],
  NumericNotEquals: [numericEquals, "negated"],
  NumericLessThan: [numbers((actual, expected) => actual < expected)],
  NumericLessThanEquals: [numbers((actual, expected) => actual <= expected)],
  NumericGreaterThan: [numbers((actual, expected) => actual > expected)],
  NumericGreaterThanEquals: [numbers((actual, expected) => actual >= expected)],
  DateEquals: [dateEquals],
  DateNotEquals: [dateEquals, "negated"],
  DateLessThan: [dates((actual, expected) => actual < expected)],
  DateLessThanEquals: [dates((actual, expected) => actual <= expected)],
  DateGreaterThan: [dates((actual, expected) => actual > expected)],
  DateGreaterThanEquals: [dates((actual, expected) => actual >= expected)],
  Bool: [sameTruth],
  BinaryEquals: [sameBytes],
  IpAddress: [inIpRange],
  NotIpAddress: [inIpRange, "negated"],
  ArnEquals: [likeArn],
  ArnNotEquals: [likeArn, "negated"],
  ArnLike: [likeArn],
  ArnNotLike: [likeArn, "negated"],
}));

const NULL: ConditionOperator = {
  name: "Null",
  ifExists: false,
  negated: false,
  accepts: (value) => value === "true" || value === "false",
};

/** What a variable stands for is not known yet; it cannot make a value unfit. */
function partsToCheck({ takesVariables }: Comparison, text: string): readonly PatternPart[] {
  if (!takesVariables) return [{ text, isLiteral: false }];
  return parseTemplate(text).map((part) =>
    "text" in part ? part : { text: part.key, isLiteral: true }
  );
}
