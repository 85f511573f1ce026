/**
 * `NotPrincipal` means more people than it seems to.
 * Source: "IAM JSON policy elements: NotPrincipal" in the IAM user guide.
 *
 * @module
 */
import type { PolicyDocument } from "../document.ts";
import type { Remark, Rule } from "./rule.ts";

/** AWS does not take it together with Allow. */
export const allowNotPrincipal: Rule = {
  name: "allow-not-principal",
  severity: "error",
  check: (document) =>
    remarks(
      document,
      "Allow",
      "would allow everybody but the listed, anonymous requests included; AWS refuses it: list " +
        "with Principal who may, and write a Deny for who may not",
    ),
};

/** Together with Deny it is easily forgotten whom else it means. */
export const denyNotPrincipal: Rule = {
  name: "deny-not-principal",
  severity: "warning",
  check: (document) =>
    remarks(
      document,
      "Deny",
      "also denies the bucket's owner, anonymous requests and whoever comes later, and AWS wants " +
        'the account of each user listed too; say it with "Principal": "*" and ArnNotEquals on ' +
        "aws:PrincipalArn",
    ),
};

function remarks(
  { statements }: PolicyDocument,
  effect: "Allow" | "Deny",
  message: string,
): readonly Remark[] {
  return statements
    .filter((statement) => statement.effect === effect && statement.principals.negated)
    .map(({ path }) => ({ path: `${path}.NotPrincipal`, message }));
}
