/** The first wait before something is started again, and the longest. Milliseconds. */
const [FIRST_WAIT, LONGEST_WAIT] = [1_000, 60_000];

/** Whatever has worked this long has not failed at once: the waits begin anew. Milliseconds. */
const SETTLED = 60_000;

/** How long to wait before what failed is started again. */
export class Backoff {
  #next = FIRST_WAIT;

  /** Runs something, and notes whether it worked for long. */
  async of<T>(work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await work();
    } finally {
      if (performance.now() - began >= SETTLED) this.#next = FIRST_WAIT;
    }
  }

  /** Waits, each time longer than before, and ends early with the signal. */
  async wait(signal?: AbortSignal): Promise<void> {
    const wait = this.#next * (1 + Math.random() / 4);
    this.#next = Math.min(this.#next * 2, LONGEST_WAIT);
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, wait);
    const stop = () => resolve();
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted) resolve();
    await promise;
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}
