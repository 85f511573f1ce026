import type { Journal } from "../journal.ts";
import type { AgentObject } from "../kinds.ts";
import type { KubeApi } from "../kube/kube_api.ts";
import { KubeUnreachableError } from "../kube/kube_error.ts";
import type { KubeObject } from "../kube/kube_object.ts";
import type { Term } from "../term.ts";
import { type Action, actionId } from "./action.ts";
import { applyAction, type ApplyContext, resourceRef } from "./apply.ts";
import { beginOf } from "./begin_of.ts";
import { actionApplied, actionFailed } from "./events.ts";
import { isNewFailure, isNewSuccess, knownOutcome } from "./outcomes.ts";
import { ownerOf } from "./ownership.ts";
import { type StableError, stableError } from "./stable_error.ts";
import type { Reconciled, ReconcileFault } from "./status.ts";

/** With what, and for whom, actions are done. */
export interface ApplyActionsContext {
  readonly api: Pick<KubeApi, "get" | "apply" | "delete">;
  readonly journal: Journal;
  readonly agent: AgentObject;
  /** The place of the event that they were decided upon. */
  readonly since: number;
  readonly term: Term;
}

/** An action that could not be done. */
interface Failure {
  readonly action: Action;
  readonly error: StableError;
  /** For people. */
  readonly message: string;
}

/**
 * Does every action, one after the other, and records what came of it where that is news. One that
 * fails keeps no other from being done, unless nobody answers.
 *
 * An action that was done right before the process stopped is found done by whoever goes on, and
 * recorded by them. Only of a repair, of what had been recorded as done before, nothing tells then.
 *
 * @throws {JournalMovedError} {@link LogStoreError} {@link LeadershipLostError}
 */
export async function applyActions(
  actions: readonly Action[],
  { agent, api, journal, since, term }: ApplyActionsContext,
): Promise<Reconciled> {
  const context = { api, owner: ownerOf(agent), term };
  const failures: Failure[] = [];
  let deployment: KubeObject | undefined;
  for (const action of actions) {
    const known = knownOutcome(journal.universe, actionId(action));
    const done = await attempt(action, context);
    if ("error" in done) {
      failures.push(done);
      if (isNewFailure(known, done.error, since)) {
        await journal.record(term, actionFailed(action, done.error, context.owner));
      }
      if (done.isUnreachable) break;
    } else {
      if (isNewSuccess(known, done.result, since)) {
        await journal.record(term, actionApplied(action, done.result));
      }
      if (action.action_type === "EnsureDeployment") deployment = done.object;
    }
  }
  return { fault: faultOf(failures), deployment };
}

async function attempt(action: Action, context: ApplyContext) {
  try {
    return await applyAction(action, context);
  } catch (cause) {
    // A call that ended with the term says nothing of the action.
    context.term.demand();
    const error = stableError(cause);
    if (error === undefined || !(cause instanceof Error)) throw cause;
    const isUnreachable = cause instanceof KubeUnreachableError;
    return { action, error, message: cause.message, isUnreachable };
  }
}

/** Faults that go by themselves. */
const PASSING: ReadonlySet<string> = new Set([
  "K8S_CONFLICT",
  "K8S_TOO_MANY_REQUESTS",
  "K8S_SERVER_ERROR",
  "K8S_UNREACHABLE",
]);

/** Longest message of a fault, in characters. */
const LONGEST_MESSAGE = 2_000;

function faultOf(failures: readonly Failure[]): ReconcileFault | undefined {
  const [first] = failures;
  if (first === undefined) return undefined;
  const isPassing = failures.every(({ error }) => PASSING.has(error.code));
  const said = failures.map(({ action, error, message }) =>
    `${resourceRef(action)}: ${error.code}: ${message}`
  );
  return {
    kind: isPassing ? "passing" : "refused",
    reason: first.error.code,
    message: beginOf(said.join("; "), LONGEST_MESSAGE),
  };
}
