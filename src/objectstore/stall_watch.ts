/** Notices when a store neither takes bytes nor sends any for too long. */
export class StallWatch implements Disposable {
  readonly #controller = new AbortController();
  readonly #limit: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param limit milliseconds */
  constructor(limit: number) {
    this.#limit = limit;
    this.#begin();
  }

  /** Aborted once nothing has moved for that long. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Chunks for the store: how long they take to come is not its fault, how long it takes is. */
  async *sending(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    this.#end();
    for await (const chunk of chunks) {
      this.#begin();
      yield chunk;
      this.#end();
    }
    this.#begin();
  }

  /** Chunks from the store: how long they are looked at is not its fault. */
  async *receiving(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    this.#begin();
    for await (const chunk of chunks) {
      this.#end();
      yield chunk;
      this.#begin();
    }
    this.#end();
  }

  /** Stops watching until {@link receiving} is asked for a chunk. */
  pause(): void {
    this.#end();
  }

  [Symbol.dispose](): void {
    this.#end();
  }

  #begin(): void {
    this.#end();
    this.#timer = setTimeout(() => this.#controller.abort(), this.#limit);
  }

  #end(): void {
    clearTimeout(this.#timer);
  }
}
