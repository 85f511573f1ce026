import type { Statement } from "../document.ts";
import { actionsOf } from "../reach.ts";
import type { Remark, Rule } from "./rule.ts";

/** An Allow to everybody lets in requests that nobody has signed. */
export const allowToEveryone: Rule = {
  name: "allow-to-everyone",
  severity: "warning",
  check: ({ statements }) => statements.filter(isForEveryone).map(remark),
};

function isForEveryone({ effect, principals }: Statement): boolean {
  return effect === "Allow" && !principals.negated &&
    principals.patterns.some(({ kind }) => kind === "everyone");
}

function remark(statement: Statement): Remark {
  const verb = actionsOf(statement.actions).every((action) => READING.test(action))
    ? "read"
    : "change";
  const keys = [...new Set(statement.conditions.map(({ key }) => key))];
  const bound = keys.length === 0
    ? "without any condition"
    : `held back by nothing but the condition on ${keys.join(", ")}`;
  return {
    path: `${statement.path}.Principal`,
    message: `lets everybody in the world ${verb} what it names, ${bound}; ` +
      "name the users instead, unless it is meant to be public",
  };
}

const READING = /^s3:(?:Get|List|Describe)/;
