import { parsePolicy } from "../../src/policy/parse.ts";
import type { PolicyContext } from "../../src/policy/policy_context.ts";
import { faultText, PolicyError } from "../../src/policy/policy_error.ts";

/** A statement that lets everybody read all of `bucket`, but for what `more` says. */
export function statement(more: object = {}): object {
  return {
    Effect: "Allow",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: "arn:aws:s3:::bucket/*",
    ...more,
  };
}

/** A policy of those statements, as text. */
export function policyText(...statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** What is wrong with a policy, a line each; nothing where it is taken. */
export function faultsOf(text: string, context?: PolicyContext): readonly string[] {
  try {
    parsePolicy(text, context);
    return [];
  } catch (error) {
    if (error instanceof PolicyError) return error.faults.map(faultText);
    throw error;
  }
}
