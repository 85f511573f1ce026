/**
 * Conditions on keys that requests for the statement's actions do not have.
 * Source: "Actions, resources, and condition keys for Amazon S3" in the service authorization
 * reference.
 *
 * @module
 */
import { carriesKey } from "../actions.ts";
import type { Condition, Statement } from "../document.ts";
import { findOperator } from "../operators.ts";
import { actionsOf, isDoneTo, targetsOf } from "../reach.ts";
import { describeWithoutKey, holdsWithoutKey } from "./conditions.ts";
import type { Remark, Rule } from "./rule.ts";

/** None of the actions has the key; AWS refuses such a policy. */
export const keyNotCarried: Rule = {
  name: "key-not-carried",
  severity: "error",
  check: ({ statements }) =>
    statements.flatMap((statement) => {
      const actions = reachableActions(statement);
      if (actions.length === 0) return [];
      return statement.conditions
        .filter(({ key }) => !actions.some((action) => carriesKey(action, key)))
        .map((condition) => never(statement, condition, actions));
    }),
};

/** Some of the actions do not have the key, which the condition does not provide for. */
export const keyPartlyCarried: Rule = {
  name: "key-partly-carried",
  severity: "warning",
  check: ({ statements }) =>
    statements.flatMap((statement) =>
      statement.conditions.flatMap((condition) => {
        const without = surprising(statement, condition);
        return without.length > 0 ? [partly(statement, condition, without)] : [];
      })
    ),
};

/** Actions without the key of a condition, which the author may not have thought of. */
function surprising(statement: Statement, condition: Condition): readonly string[] {
  if (findOperator(condition.operator)?.ifExists) return [];
  const actions = reachableActions(statement);
  const without = actions.filter((action) => !carriesKey(action, condition.key));
  if (without.length === actions.length) return [];
  if (holdsWithoutKey(condition)) {
    return without.filter((action) => !isRuledOut(statement, action));
  }
  // A key tells which of all actions a Deny means; an action that is named is meant.
  const { patterns } = statement.actions;
  return statement.effect === "Allow" ? without : without.filter((each) => patterns.includes(each));
}

/** Whether a statement never matches for an action, since it asks for a key that this lacks. */
function isRuledOut({ conditions }: Statement, action: string): boolean {
  return conditions.some((each) => !holdsWithoutKey(each) && !carriesKey(action, each.key));
}

/** What is done to buckets and objects that the statement names. */
function reachableActions({ actions, resources }: Statement): readonly string[] {
  const targets = targetsOf(resources);
  return actionsOf(actions).filter((action) => isDoneTo(targets, action));
}

function never(statement: Statement, condition: Condition, actions: readonly string[]): Remark {
  return {
    path: condition.path,
    message: `${haveNever(actions)} ${condition.key}, so ` +
      `${describeWithoutKey(statement, condition)}; AWS refuses it: use a key that the action has`,
  };
}

function partly(statement: Statement, condition: Condition, without: readonly string[]): Remark {
  return {
    path: condition.path,
    message: `${haveNever(without)} ${condition.key}, so then ` +
      `${describeWithoutKey(statement, condition)}; make it a statement of its own`,
  };
}

/** `s3:GetObject never has`, with a few of many names. */
function haveNever(actions: readonly string[]): string {
  const shown = actions.slice(0, SHOWN).join(", ");
  if (actions.length === 1) return `${shown} never has`;
  const more = actions.length > SHOWN ? ` and ${actions.length - SHOWN} others` : "";
  return `${shown}${more} never have`;
}

const SHOWN = 3;
