import type { Rule } from "./rule.ts";

/** Roles, services and federated users are AWS's own. */
export const foreignPrincipal: Rule = {
  name: "foreign-principal",
  severity: "warning",
  check: ({ statements }) =>
    statements.flatMap(({ path, principals }) =>
      principals.patterns.flatMap((pattern) =>
        pattern.kind !== "foreign" ? [] : [{
          path: `${path}.${principals.negated ? "NotPrincipal" : "Principal"}.${pattern.type}`,
          message: `nobody comes to Holdfast as ${pattern.value}; there it has no effect, name ` +
            "users as arn:aws:iam::ACCOUNT:user/NAME",
        }]
      )
    ),
};
