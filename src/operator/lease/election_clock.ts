/**
 * The time, as an election sees it.
 *
 * @module
 */

/** What tells an election the time. Tests have one of their own. */
export interface ElectionClock {
  /** Milliseconds since some moment, never going back: all that is decided is decided by it. */
  now(): number;
  /** Milliseconds of 1970-01-01T00:00Z. It is written into the lease, for people, and never judged. */
  wallClock(): number;
  /** Waits so many milliseconds, or until the signal is aborted. Never rejects. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own. It may stand still while the machine sleeps, which is why nothing rests on it alone. */
export const SYSTEM_CLOCK: ElectionClock = {
  now: () => performance.now(),
  wallClock: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, milliseconds);
      signal?.addEventListener("abort", wake);
    }),
};
