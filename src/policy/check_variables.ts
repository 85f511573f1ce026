import { findConditionKey } from "./condition_keys.ts";
import { hasBrokenVariable, parseTemplate } from "./variables.ts";

/**
 * What is wrong with the variables in a text of a policy. One that nothing stands for would take its
 * statement out of force.
 *
 * @returns messages
 */
export function checkVariables(text: string): readonly string[] {
  if (hasBrokenVariable(text)) return [`Policy has an invalid variable: ${text}`];
  return parseTemplate(text).flatMap((part) => {
    if ("text" in part) return [];
    const key = findConditionKey(part.key);
    if (key === undefined) return [`Policy has an invalid variable: there is no key ${part.key}`];
    return key.isMultivalued
      ? [`Policy has an invalid variable: ${part.key} can have several values`]
      : [];
  });
}
