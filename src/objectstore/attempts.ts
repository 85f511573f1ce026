/**
 * Trying again what a store did not do, and may do a moment later.
 *
 * @module
 */
import { retrying, type RetryPolicy } from "../backends/retry.ts";
import { ObjectStoreError } from "./object_store_error.ts";

/** How often to try, and how long to wait in between. */
export interface RetryOptions {
  /** Attempts in all, at least 1; 3 without it. */
  readonly attempts?: number;
  /** Milliseconds; 2 s without it. */
  readonly leastDelay?: number;
  /** Milliseconds; 10 s without it. */
  readonly mostDelay?: number;
}

/** Calls something until it succeeds, cannot succeed, or has been tried often enough. */
export type Attempting = <Result>(
  attempt: () => Promise<Result>,
  signal: AbortSignal | undefined,
  mayRetry?: (error: unknown) => boolean,
) => Promise<Result>;

/**
 * Attempts with waits of random length between them, whose longest doubles from twice the least on.
 * Source: "Exponential Backoff And Jitter", AWS Architecture Blog.
 */
export function attemptsOf(options?: RetryOptions): Attempting {
  const policy = policyOf(options);
  return async (attempt, signal, mayRetry = isPassing) => {
    signal?.throwIfAborted();
    return await retrying(attempt, signal, mayRetry, policy);
  };
}

/** The policy of these options. */
export function policyOf(
  { attempts = 3, leastDelay = 2_000, mostDelay = 10_000 }: RetryOptions = {},
): RetryPolicy {
  const baseDelay = 2 * leastDelay;
  return { attempts, leastDelay, baseDelay, maxDelay: mostDelay, random: Math.random };
}

/** Whether the same call may succeed a moment later. */
export function isPassing(error: unknown): boolean {
  return error instanceof ObjectStoreError &&
    (error.kind === "Throttled" || error.kind === "Unavailable");
}

/** Whether a call that failed may have been carried out all the same. */
export function mayBeDone(error: unknown): boolean {
  return error instanceof ObjectStoreError && error.kind === "Unavailable";
}
