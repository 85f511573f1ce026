/**
 * What a check of the production checklist is.
 *
 * @module
 */
import type { Context } from "./context.ts";
import type { Finding } from "./finding.ts";

/** When: before there is a deployment, from chart and policy alone, or on one that is there. */
export type Phase = "pre" | "post";

/** One look at one side of what a check is about. */
export interface Part {
  readonly phase: Phase;
  /** Whether other parts have something to see only after it. */
  readonly goesFirst?: true;
  /** Milliseconds that it may take; {@link PART_LIMIT} without it. */
  limit?(context: Context): number;
  /** Looks. What it throws is why it could not, which is a fail. */
  run(context: Context, signal: AbortSignal): Promise<Finding>;
}

/** A check. */
export interface Check {
  /** As `--only` and `--skip` name it. */
  readonly id: string;
  /** As the checklist counts it; `S1` for the first step of the smoke test. */
  readonly number: string;
  /** What it makes sure of. */
  readonly objective: string;
  /** What to do when it fails. */
  readonly remedy: string;
  readonly parts: readonly Part[];
}

/** How long a part may take that does not say otherwise. Milliseconds. */
export const PART_LIMIT = 30_000;
