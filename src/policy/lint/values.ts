/**
 * Values that their operator takes otherwise than they look.
 * Source: "IAM JSON policy elements: Condition operators" in the IAM user guide.
 *
 * @module
 */
import { type ConditionKey, findConditionKey } from "../condition_keys.ts";
import type { Condition } from "../document.ts";
import { findOperator } from "../operators.ts";
import type { Rule } from "./rule.ts";

/** `*` under an operator that has no patterns. */
export const literalWildcard: Rule = {
  name: "literal-wildcard",
  severity: "warning",
  check: ({ statements }) =>
    statements.flatMap(({ conditions }) => conditions.filter(hasLiteralWildcard)).map(
      ({ path, operator }) => ({
        path,
        message: `${operator} takes * as it stands; for a pattern use ${likeOf(operator)}`,
      }),
    ),
};

/** An operator of one family on a key of another: they never compare as meant. */
export const operatorType: Rule = {
  name: "operator-type",
  severity: "warning",
  check: ({ statements }) =>
    statements.flatMap(({ conditions }) =>
      conditions.flatMap((condition) => {
        const fitting = betterOperators(condition);
        return fitting === undefined ? [] : [{
          path: condition.path,
          message: `${condition.key} is not what ${condition.operator} compares; use ${fitting}`,
        }];
      })
    ),
};

function hasLiteralWildcard({ operator, key, values }: Condition): boolean {
  const name = findOperator(operator)?.name ?? "";
  return name.startsWith("String") && name.includes("Equals") &&
    !STAR_KEYS.has(key.toLowerCase()) &&
    values.some((value) => value.replaceAll("${*}", "").includes("*"));
}

/** Headers that may be `*`. */
const STAR_KEYS: ReadonlySet<string> = new Set(["s3:if-none-match", "s3:if-match"]);

function likeOf(operator: string): string {
  return operator.replace(/Equals(?:IgnoreCase)?/, "Like");
}

/** How operators begin that compare keys of a type; those to use come first. */
const FAMILIES: Readonly<Record<ConditionKey["type"], readonly string[]>> = {
  string: ["String"],
  numeric: ["Numeric"],
  date: ["Date", "Numeric"],
  bool: ["Bool", "String"],
  ip: ["IpAddress", "NotIpAddress"],
  arn: ["Arn", "String"],
  binary: ["Binary"],
};

/** What to use instead of an operator; `undefined` where it fits. */
function betterOperators({ operator, key }: Condition): string | undefined {
  const { comparison, name } = findOperator(operator) ?? {};
  const type = findConditionKey(key)?.type;
  if (comparison === undefined || name === undefined || type === undefined) return undefined;
  if (FAMILIES[type].some((family) => name.startsWith(family))) return undefined;
  return type === "ip"
    ? "IpAddress or NotIpAddress"
    : `an operator that begins with ${FAMILIES[type][0]}`;
}
