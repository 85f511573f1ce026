/**
 * Which outcomes of actions are news: nothing is recorded twice, however often an agent is looked at.
 *
 * @module
 */
import { asJson } from "../../eventlog/as_json.ts";
import { canonicalJson } from "../../eventlog/canonical_json.ts";
import type { UniverseReduction } from "../../eventlog/checkpoint/universe_reducer.ts";
import { type Json, JsonNumber } from "../../eventlog/json.ts";
import type { ActionResult } from "./apply.ts";
import type { StableError } from "./stable_error.ts";

/** What the log says of an action. */
export interface KnownOutcome {
  /** Places of the events that said so last; -1 for never. */
  readonly appliedSeq: number;
  readonly failedSeq: number;
  /** Canonical JSON of the last failure's {@link StableError}. */
  readonly error?: string;
}

/** What the log says of an action. */
export function knownOutcome(universe: UniverseReduction, actionId: string): KnownOutcome {
  const failure = universe.failed(actionId);
  return {
    appliedSeq: seqOf(universe.applied(actionId)?.["applied_seq"]),
    failedSeq: seqOf(failure?.["failed_seq"]),
    error: failure && canonicalJson({
      type: failure["error_type"] ?? null,
      code: failure["error_code"] ?? null,
      status: failure["error_status"] ?? null,
      reason: failure["error_reason"] ?? null,
    }),
  };
}

/**
 * Whether that an action was done is to be recorded: if anything changed, or if the log does not say
 * already that it was done, since the decision and since it failed last.
 *
 * @param since the place of the event that the decision was made upon
 */
export function isNewSuccess(
  { appliedSeq, failedSeq }: KnownOutcome,
  { noop }: ActionResult,
  since: number,
): boolean {
  return !noop || appliedSeq <= Math.max(since, failedSeq);
}

/**
 * Whether that an action failed is to be recorded: once for each fault, until it is another one, or
 * it was done in between.
 *
 * @param since the place of the event that the decision was made upon
 */
export function isNewFailure(
  { appliedSeq, failedSeq, error }: KnownOutcome,
  failure: StableError,
  since: number,
): boolean {
  return failedSeq <= Math.max(since, appliedSeq) || error !== canonicalJson(asJson(failure));
}

/** A place that a state says; -1 for what is none. */
export function seqOf(value: Json | undefined): number {
  return value instanceof JsonNumber && /^\d+$/.test(value.text) ? Number(value.text) : -1;
}
