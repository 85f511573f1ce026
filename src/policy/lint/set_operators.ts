import { findConditionKey } from "../condition_keys.ts";
import { findOperator } from "../operators.ts";
import type { Rule } from "./rule.ts";

/**
 * `ForAllValues:` and `ForAnyValue:` on a key that has one value at most.
 * Source: "Single-valued vs. multivalued context keys" in the IAM user guide.
 */
export const setOperatorOnSingle: Rule = {
  name: "set-operator-on-single",
  severity: "warning",
  check: ({ statements }) =>
    statements.flatMap(({ conditions }) =>
      conditions.flatMap(({ path, operator, key }) => {
        const { quantifier, name } = findOperator(operator) ?? {};
        if (quantifier === undefined || findConditionKey(key)?.isMultivalued !== false) return [];
        const trap = quantifier === "ForAllValues" ? ", and also holds without it" : "";
        return [{
          path,
          message: `${quantifier} is for keys with several values; ${key} has one${trap}: ` +
            `use ${name}`,
        }];
      })
    ),
};
