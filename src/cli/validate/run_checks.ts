import { Deadline } from "../../operator/kube/deadline.ts";
import { type Check, type Part, PART_LIMIT } from "./check.ts";
import type { Context } from "./context.ts";
import { failed, type Finding, together } from "./finding.ts";

/** A check that was run. */
export interface Outcome extends Finding {
  readonly check: Check;
  /** How long it took. Milliseconds. */
  readonly took: number;
}

/**
 * Runs checks, part by part, each within its limit: what needs no deployment first.
 *
 * @returns the outcomes in the order of the checks
 * @throws the signal's reason, when what had begun is cleaned up
 */
export async function runChecks(
  checks: readonly Check[],
  context: Context,
  signal: AbortSignal,
): Promise<readonly Outcome[]> {
  const results = new Map<Part, TimedFinding>();
  for (const part of checks.flatMap(({ parts }) => parts).toSorted(byTurn)) {
    results.set(part, await runPart(part, context, signal));
    signal.throwIfAborted();
  }
  return checks.map((check) => {
    const found = check.parts.flatMap((part) => results.get(part) ?? []);
    const took = found.reduce((sum, each) => sum + each.took, 0);
    return { check, took, ...together(found.map(({ finding }) => finding)) };
  });
}

interface TimedFinding {
  readonly finding: Finding;
  readonly took: number;
}

/** A part that is given up ends by itself, with what it has to clean up behind it. */
async function runPart(part: Part, context: Context, signal: AbortSignal): Promise<TimedFinding> {
  const begun = performance.now();
  const limit = part.limit?.(context) ?? PART_LIMIT;
  using deadline = new Deadline(limit, signal);
  let finding: Finding;
  try {
    finding = await part.run(context, deadline.signal);
  } catch (error) {
    const isOver = deadline.signal.aborted && !signal.aborted;
    finding = failed(isOver ? `not done within ${limit / 1000} s` : reasonOf(error));
  }
  return { finding, took: performance.now() - begun };
}

function byTurn(one: Part, other: Part): number {
  return turnOf(one) - turnOf(other);
}

function turnOf({ phase, goesFirst }: Part): number {
  if (phase === "pre") return 0;
  return goesFirst ? 1 : 2;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
