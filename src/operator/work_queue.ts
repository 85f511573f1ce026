import { type RetryPolicy, waitAfter } from "../backends/retry.ts";

/** Time, as a queue sees it. */
export interface QueueTime {
  /** Milliseconds since whenever. */
  now(): number;
  /** Calls later, unless what is returned is called before. */
  after(milliseconds: number, call: () => void): () => void;
}

/** How a queue works; for each there is what it does without it. */
export interface WorkQueueOptions {
  /** How the waits of a key that fails grow; up to 5 minutes. */
  readonly patience?: Pick<RetryPolicy, "leastDelay" | "baseDelay" | "maxDelay" | "random">;
  readonly time?: QueueTime;
}

/** How keys are worked off. */
export interface WorkOptions<Key> {
  /** No further key is taken once it is aborted. */
  readonly signal: AbortSignal;
  /** Told what work has thrown; the key is worked on again later. */
  onFault(key: Key, error: unknown): void;
}

const PATIENCE = { leastDelay: 100, baseDelay: 1_000, maxDelay: 300_000, random: Math.random };

/** Longest wait that timers know, in milliseconds. */
const LONGEST_WAIT = 2 ** 31 - 1;

const REAL_TIME: QueueTime = {
  now: () => performance.now(),
  after(milliseconds, call) {
    const timer = setTimeout(call, milliseconds);
    return () => clearTimeout(timer);
  },
};

/**
 * Keys of what has to be looked at, in the order that they were added. A key that is added several times
 * before it is worked on is worked on once; one that is added while it is worked on, once more afterwards,
 * and never by two at a time.
 */
export class WorkQueue<Key extends string = string> implements Disposable {
  readonly #patience: RetryPolicy;
  readonly #time: QueueTime;
  readonly #waiting = new Set<Key>();
  readonly #working = new Set<Key>();
  readonly #again = new Set<Key>();
  readonly #delayed = new Map<Key, { readonly due: number; readonly cancel: () => void }>();
  readonly #failures = new Map<Key, number>();
  #news = Promise.withResolvers<void>();
  #isClosed = false;

  constructor({ patience = PATIENCE, time = REAL_TIME }: WorkQueueOptions = {}) {
    this.#patience = { attempts: Infinity, ...patience };
    this.#time = time;
  }

  /** How many keys could be worked on now. */
  get size(): number {
    return this.#waiting.size;
  }

  add(key: Key): void {
    if (this.#isClosed) return;
    if (this.#working.has(key)) this.#again.add(key);
    else this.#waiting.add(key);
    this.#announce();
  }

  /** Adds a key after so many milliseconds. Of several waits of one key the one that ends first counts. */
  addAfter(key: Key, milliseconds: number): void {
    if (this.#isClosed) return;
    const wait = Math.min(milliseconds, LONGEST_WAIT);
    const due = this.#time.now() + wait;
    const planned = this.#delayed.get(key);
    if (planned !== undefined && planned.due <= due) return;
    planned?.cancel();
    const cancel = this.#time.after(wait, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { due, cancel });
  }

  /**
   * Adds a key after a wait that grows each time, until it is forgotten.
   *
   * @returns the wait, in milliseconds
   */
  retry(key: Key): number {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const wait = waitAfter(failures, this.#patience);
    this.addAfter(key, wait);
    return wait;
  }

  /** Lets the waits of a key begin anew. */
  forget(key: Key): void {
    this.#failures.delete(key);
  }

  /**
   * Works keys off, one after another, until the signal; what is being worked on then is waited for. To
   * work on several at a time, run it several times. What fails is tried again, see {@link retry}; what
   * fails after the signal is the first thing that a later run takes up.
   */
  async run(work: (key: Key) => Promise<void>, options: WorkOptions<Key>): Promise<void> {
    const { signal } = options;
    const wake = () => this.#announce();
    signal.addEventListener("abort", wake, { once: true });
    try {
      for (;;) {
        const key = await this.#next(signal);
        if (key === undefined) return;
        await this.#work(key, work, options);
      }
    } finally {
      signal.removeEventListener("abort", wake);
    }
  }

  /** Nothing is added any more, neither now nor later. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
  }

  async #next(signal: AbortSignal): Promise<Key | undefined> {
    while (!signal.aborted) {
      const [key] = this.#waiting;
      if (key !== undefined) {
        this.#waiting.delete(key);
        return key;
      }
      await this.#news.promise;
    }
    return undefined;
  }

  async #work(
    key: Key,
    work: (key: Key) => Promise<void>,
    { signal, onFault }: WorkOptions<Key>,
  ): Promise<void> {
    this.#working.add(key);
    try {
      await work(key);
      this.forget(key);
    } catch (error) {
      onFault(key, error);
      if (signal.aborted) this.#again.add(key);
      else this.retry(key);
    } finally {
      this.#working.delete(key);
      if (this.#again.delete(key)) this.add(key);
    }
  }

  #announce(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}
