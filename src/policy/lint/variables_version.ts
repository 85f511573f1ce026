import type { Statement } from "../document.ts";
import { hasVariable } from "./conditions.ts";
import type { Rule } from "./rule.ts";

/**
 * `${aws:username}` in a policy of the version that takes it as it stands.
 * Source: "IAM JSON policy elements: Version" in the IAM user guide.
 */
export const variablesNeedVersion: Rule = {
  name: "variables-need-version",
  severity: "warning",
  check: ({ version, statements }) =>
    version === "2012-10-17" ? [] : statements.flatMap(textsOf)
      .filter(({ text }) => hasVariable(text))
      .map(({ path, text }) => ({
        path,
        message: `${text} is taken as it stands, for variables are known since "Version": ` +
          '"2012-10-17" only; say so at the beginning of the policy',
      })),
};

function textsOf({ path, resources, conditions }: Statement) {
  const element = resources.negated ? "NotResource" : "Resource";
  return [
    ...resources.patterns.map((text) => ({ path: `${path}.${element}`, text })),
    ...conditions.flatMap(({ path, values }) => values.map((text) => ({ path, text }))),
  ];
}
