/**
 * What a policy says to a request: an explicit Deny first, then an explicit Allow, else nothing.
 * Source: "Policy evaluation logic" in the IAM user guide.
 *
 * @module
 */
import { ACTIONS } from "./actions.ts";
import { conditionReader, type ConditionValue } from "./condition_keys.ts";
import type { PolicyDocument } from "./document.ts";
import type { Decision, PolicyRequest } from "./request.ts";
import { type CompiledStatement, compileStatement, type Question } from "./statements.ts";

/** A policy that is ready to decide. */
export interface CompiledPolicy {
  /** Names the first statement in the order of the document that applies with that effect. */
  decide(request: PolicyRequest): Decision;
}

/**
 * Makes a policy ready. What it needs for an action is worked out at the first request with it.
 *
 * @throws {PolicyError} if a condition has an operator that does not exist, or an unfit value
 */
export function compilePolicy(document: PolicyDocument): CompiledPolicy {
  const statements = document.statements.map((statement) =>
    compileStatement(statement, document.version === "2012-10-17")
  );
  const readers: KeyReaders = new Map();
  const known = new Map<string, StatementsOfAction>();
  const statementsOf = (action: string): StatementsOfAction => {
    const before = known.get(action);
    if (before !== undefined) return before;
    const found = selectAction(statements, action);
    // Only the table's actions are kept: a policy may be asked about any other.
    if (ACTIONS.has(action)) known.set(action, found);
    return found;
  };
  return {
    decide: (request) => decide(statementsOf(request.action), new Asked(request, readers)),
  };
}

/** The statements that are about one action, in the order of the document. */
interface StatementsOfAction {
  readonly denies: readonly CompiledStatement[];
  readonly allows: readonly CompiledStatement[];
}

/** What reads a condition key, by its name as a policy writes it. */
type KeyReaders = Map<string, (request: PolicyRequest) => ConditionValue>;

const DEFAULT: Decision = { outcome: "default" };

function selectAction(
  statements: readonly CompiledStatement[],
  action: string,
): StatementsOfAction {
  const about = statements.filter((statement) => statement.isAbout(action));
  return {
    denies: about.filter(({ decision }) => decision.outcome === "deny"),
    allows: about.filter(({ decision }) => decision.outcome === "allow"),
  };
}

function decide({ denies, allows }: StatementsOfAction, question: Question): Decision {
  for (const statement of denies) {
    if (statement.applies(question)) return statement.decision;
  }
  for (const statement of allows) {
    if (statement.applies(question)) return statement.decision;
  }
  return DEFAULT;
}

/** A request that reads each of its keys once. */
class Asked implements Question {
  readonly #values = new Map<string, ConditionValue>();

  constructor(readonly request: PolicyRequest, readonly readers: KeyReaders) {}

  value(key: string): ConditionValue {
    const before = this.#values.get(key);
    if (before !== undefined || this.#values.has(key)) return before;
    const value = this.#reader(key)(this.request);
    this.#values.set(key, value);
    return value;
  }

  readonly valueOf = (key: string): string | undefined => {
    const value = this.value(key);
    return typeof value === "string" ? value : undefined;
  };

  #reader(key: string): (request: PolicyRequest) => ConditionValue {
    const before = this.readers.get(key);
    if (before !== undefined) return before;
    const reader = conditionReader(key);
    this.readers.set(key, reader);
    return reader;
  }
}
