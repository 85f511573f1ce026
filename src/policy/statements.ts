/**
 * Statements, made ready to be asked.
 *
 * @module
 */
import { likeText } from "./comparisons.ts";
import type { ConditionValue } from "./condition_key.ts";
import { compileCondition } from "./conditions.ts";
import type { Elements, Statement } from "./document.ts";
import { compileValue, matchesAny, matchesNone, type ValueOf } from "./policy_values.ts";
import { matchesPrincipal } from "./principals.ts";
import type { Decision, PolicyRequest } from "./request.ts";
import { parseTemplate, plainTemplate } from "./variables.ts";
import { compileWildcard } from "./wildcard.ts";

/** A statement that is ready. */
export interface CompiledStatement {
  /** What it says where it applies. */
  readonly decision: Exclude<Decision, { outcome: "default" }>;
  /** Whether it can apply to requests for that action. */
  isAbout(action: string): boolean;
  /** Whether it applies to a request for an action that it is about. */
  applies(question: Question): boolean;
}

/** A request with what it has under each condition key. */
export interface Question {
  readonly request: PolicyRequest;
  value(key: string): ConditionValue;
  /** The same where there is exactly one value. */
  readonly valueOf: ValueOf;
}

/**
 * @param hasVariables whether the policy's version knows policy variables
 * @throws {PolicyError} if a condition has an operator that does not exist, or an unfit value
 */
export function compileStatement(statement: Statement, hasVariables: boolean): CompiledStatement {
  const { principals, effect } = statement;
  const isOn = resourceTest(statement.resources, hasVariables);
  const conditions = statement.conditions.map((condition) =>
    compileCondition(condition, hasVariables)
  );
  return {
    decision: { outcome: effect === "Deny" ? "deny" : "allow", statement },
    isAbout: actionTest(statement.actions),
    applies: (question) => {
      const { resource, principal } = question.request;
      if (!matchesPrincipal(principals, principal, effect)) return false;
      if (!isOn(resource, question.valueOf)) return false;
      for (const { key, holds } of conditions) {
        if (!holds(question.value(key), question.valueOf)) return false;
      }
      return true;
    },
  };
}

/** Names of actions are compared without case. */
function actionTest({ negated, patterns }: Elements<string>): (action: string) => boolean {
  const tests = patterns.map((pattern) =>
    compileWildcard([{ text: pattern.toLowerCase(), isLiteral: false }])
  );
  return (action) => {
    const name = action.toLowerCase();
    return tests.some((matches) => matches(name)) !== negated;
  };
}

function resourceTest(
  { negated, patterns }: Elements<string>,
  hasVariables: boolean,
): (resource: string, valueOf: ValueOf) => boolean {
  const templateOf = hasVariables ? parseTemplate : plainTemplate;
  const matches = patterns.map((pattern) => compileValue(templateOf(pattern), likeText))
    .filter((match) => match !== undefined);
  const holds = negated ? matchesNone : matchesAny;
  return (resource, valueOf) => holds(matches, resource, valueOf);
}
