/**
 * A term of leadership, as those see it who may only act while it lasts.
 *
 * @module
 */
import type { FencingToken } from "./fencing_token.ts";

/** Leadership ended, or nobody can tell any more whether it lasts. */
export class LeadershipLostError extends Error {
  override readonly name = "LeadershipLostError";
}

/** The time between taking a lease and losing it. */
export interface Term {
  /** Aborted, with a {@link LeadershipLostError}, when the term ends. */
  readonly signal: AbortSignal;
  /**
   * Asks, by the monotonic clock, whether the term lasts: before each side effect, and again before
   * the record of it.
   *
   * @returns what to put into the record
   * @throws {LeadershipLostError}
   */
  demand(): FencingToken;
}
