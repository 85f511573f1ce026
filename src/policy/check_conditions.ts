import { carriers } from "./actions.ts";
import { checkVariables } from "./check_variables.ts";
import { findConditionKey } from "./condition_keys.ts";
import type { Condition, PolicyDocument, Statement } from "./document.ts";
import { findOperator } from "./operators.ts";
import type { PolicyContext } from "./policy_context.ts";
import type { PolicyFault } from "./policy_error.ts";
import { actionsOf, isDoneTo, targetsOf } from "./reach.ts";

/** Everything in a statement's conditions that a bucket policy cannot ask. */
export function checkConditions(
  statement: Statement,
  { version }: Pick<PolicyDocument, "version">,
  { bucket }: PolicyContext,
): readonly PolicyFault[] {
  const { conditions, actions, resources } = statement;
  if (conditions.length === 0) return [];
  const targets = targetsOf(resources);
  const done = actionsOf(actions).filter((action) => isDoneTo(targets, action));
  return conditions.flatMap((condition) =>
    [
      ...checkComparison(condition, version),
      ...checkKey(condition, bucket === undefined ? undefined : done),
    ].map((message) => ({ path: condition.path, message }))
  );
}

function checkComparison(
  { operator, values }: Condition,
  version: PolicyDocument["version"],
): readonly string[] {
  const known = findOperator(operator);
  if (known === undefined) return [`Invalid Condition type : ${operator}`];
  const hasVariables = version === "2012-10-17" && known.comparison?.takesVariables === true;
  return values.flatMap((value) => {
    if (!known.accepts(value)) return [`${operator} cannot compare with ${JSON.stringify(value)}`];
    return hasVariables ? checkVariables(value) : [];
  });
}

/** @param done the actions that the statement is about, where they matter */
function checkKey({ key }: Condition, done: readonly string[] | undefined): readonly string[] {
  if (findConditionKey(key) === undefined) return [`Policy has an invalid condition key: ${key}`];
  const isLost = done !== undefined && done.length > 0 && !done.some(carriers(key));
  return isLost ? [`${NOT_CARRIED}: ${key}`] : [];
}

const NOT_CARRIED = "Conditions do not apply to combination of actions and resources in statement";
