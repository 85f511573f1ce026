import { never } from "../condition_key.ts";
import { findConditionKey } from "../condition_keys.ts";
import { describeWithoutKey } from "./conditions.ts";
import type { Rule } from "./rule.ts";

/** Keys of AWS that no request to Holdfast has, such as the tags of an object. */
export const absentOnHoldfast: Rule = {
  name: "absent-on-holdfast",
  severity: "warning",
  check: ({ statements }) =>
    statements.flatMap((statement) =>
      statement.conditions
        .filter(({ key }) => findConditionKey(key)?.read === never)
        .map((condition) => ({
          path: condition.path,
          message: `requests to Holdfast never have ${condition.key}, so there ` +
            `${describeWithoutKey(statement, condition)}; tell requests apart by something else`,
        }))
    ),
};
