/**
 * Tries again what may succeed later, with full jitter between the attempts.
 * Source: "Exponential Backoff And Jitter", AWS Architecture Blog.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { BackendError } from "./backend.ts";

/** How often to try, and how long to wait in between. */
export interface RetryPolicy {
  /** Attempts in all. */
  readonly attempts: number;
  /** The longest wait before the second attempt, in milliseconds; it doubles from then on. */
  readonly baseDelay: number;
  /** The shortest wait, in milliseconds; 0 without it. */
  readonly leastDelay?: number;
  /** The longest wait of all, in milliseconds. */
  readonly maxDelay: number;
  /** From 0 to 1. */
  readonly random: () => number;
}

const DEFAULT_POLICY: RetryPolicy = {
  attempts: 3,
  baseDelay: 100,
  maxDelay: 2_000,
  random: Math.random,
};

/** What a {@link BackendError} has as its code when nothing was answered in time. */
export const TIMEOUT_CODE = "Timeout";

/**
 * Calls `attempt` until it succeeds, throws what cannot succeed later, or has been tried often
 * enough. What timed out is not tried again: its caller has waited long already.
 */
export async function retrying<Result>(
  attempt: () => Promise<Result>,
  signal: AbortSignal | undefined,
  mayRetry: (error: unknown) => boolean = isPassing,
  policy: RetryPolicy = DEFAULT_POLICY,
): Promise<Result> {
  for (let tried = 1;; tried++) {
    try {
      return await attempt();
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (tried >= policy.attempts || !mayRetry(error)) throw error;
    }
    await delay(waitAfter(tried, policy), undefined, { signal }).catch(() => {
      throw signal?.reason;
    });
  }
}

/** How long to wait after so many attempts, in milliseconds. */
export function waitAfter(
  tried: number,
  { leastDelay = 0, baseDelay, maxDelay, random }: RetryPolicy,
): number {
  const ceiling = Math.min(maxDelay, baseDelay * 2 ** (tried - 1));
  const least = Math.min(leastDelay, ceiling);
  return least + random() * (ceiling - least);
}

/** Whether the same call may succeed a moment later. */
export function isPassing(error: unknown): boolean {
  return error instanceof BackendError && error.kind === "unavailable" &&
    error.detail.code !== TIMEOUT_CODE;
}
