/**
 * Condition keys and operators that do not exist.
 *
 * @module
 */
import { CONDITION_KEYS, findConditionKey } from "../condition_keys.ts";
import { findOperator } from "../operators.ts";
import { rightKey } from "./copy_source_precondition.ts";
import type { Rule } from "./rule.ts";

/** A condition key that AWS does not have. */
export const unknownKey: Rule = {
  name: "unknown-key",
  severity: "error",
  check: ({ statements }) =>
    statements.flatMap(({ conditions }) =>
      conditions
        .filter(({ key }) => findConditionKey(key) === undefined && rightKey(key) === undefined)
        .map(({ path, key }) => ({ path, message: `there is no condition key ${key}${hint(key)}` }))
    ),
};

/** An operator that AWS does not have. */
export const unknownOperator: Rule = {
  name: "unknown-operator",
  severity: "error",
  check: ({ statements }) =>
    statements.flatMap(({ conditions }) =>
      conditions
        .filter(({ operator }) => findOperator(operator) === undefined)
        .map(({ path, operator }) => ({
          path,
          message: `there is no operator ${operator}; write it as AWS does, case and all, as in ` +
            "StringEquals, StringLikeIfExists or ForAnyValue:StringLike",
        }))
    ),
};

/** The key that may be meant. */
function hint(key: string): string {
  const written = letters(key);
  const meant = [...CONDITION_KEYS.values()].find(({ name }) => {
    const known = letters(name);
    return known === written || (known.length >= TELLING && written.endsWith(known));
  });
  return meant === undefined
    ? '; see "Actions, resources, and condition keys for Amazon S3"'
    : `; ${meant.name} may be meant`;
}

/** A name of so many letters is not the end of another by chance. */
const TELLING = 7;

/** `ifnonematch` of `s3:if-none-match`. */
function letters(key: string): string {
  return key.slice(key.indexOf(":") + 1).toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}
