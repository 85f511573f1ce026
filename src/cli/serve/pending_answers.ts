/** Questions to another thread that wait for their answers. */
export class PendingAnswers<T> {
  readonly #waiting = new Map<number, (answer: T) => void>();
  #last = 0;

  /**
   * Asks, and waits.
   *
   * @param ask sends the question with the id that its answer must carry
   * @param patience milliseconds
   * @returns the answer, or `undefined` when none came in time
   */
  async ask(ask: (id: number) => void, patience: number): Promise<T | undefined> {
    const id = ++this.#last;
    const { promise, resolve } = Promise.withResolvers<T | undefined>();
    this.#waiting.set(id, resolve);
    const timer = setTimeout(() => resolve(undefined), patience);
    ask(id);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  /** Takes an answer. One that comes too late is dropped. */
  answer(id: number, answer: T): void {
    this.#waiting.get(id)?.(answer);
  }
}
