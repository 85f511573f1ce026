/** Notices when nothing has moved for too long. */
export class StallWatch implements Disposable {
  readonly #controller = new AbortController();
  readonly #limit: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param limit milliseconds */
  constructor(limit: number) {
    this.#limit = limit;
    this.moved();
  }

  /** Aborted once nothing has moved for that long. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something has. */
  moved(): void {
    clearTimeout(this.#timer);
    if (this.signal.aborted) return;
    this.#timer = setTimeout(() => this.#controller.abort(), this.#limit);
  }

  /** The same chunks; each of them has moved. */
  async *watching(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.moved();
      yield chunk;
    }
    this.moved();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
