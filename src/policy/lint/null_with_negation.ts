import type { Condition, Statement } from "../document.ts";
import { findOperator } from "../operators.ts";
import { byKey, wantsKeyAway } from "./conditions.ts";
import type { Remark, Rule } from "./rule.ts";

/**
 * `Null` beside `StringNotEquals` on the same key. A negated operator holds for an absent key too,
 * and all conditions of a statement have to hold, so the two never say "absent, or another value".
 */
export const nullWithNegation: Rule = {
  name: "null-with-negation",
  severity: "warning",
  check: ({ statements }) => statements.flatMap(inStatement),
};

function inStatement({ conditions }: Statement): readonly Remark[] {
  return [...byKey(conditions).values()].flatMap((same) => {
    const presence = same.find(({ operator }) => operator === "Null");
    if (presence === undefined) return [];
    return same
      .filter(({ operator }) => findOperator(operator)?.negated)
      .map((condition) => ({ path: condition.path, message: message(condition, presence) }));
  });
}

function message({ operator, key }: Condition, presence: Condition): string {
  return wantsKeyAway(presence)
    ? `Null already asks for requests without ${key}, for which ${operator} always holds; for ` +
      `"without it, or with another value" leave Null out, for "without it" leave ${operator} out`
    : `both have to hold, so a request without ${key} is not meant; ${operator} alone means it ` +
      "too: leave Null out unless that is what you want";
}
