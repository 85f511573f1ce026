/** Reads lines and counted bytes from a stream, holding no more than its current piece. */
export class LineReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array(0);
  #at = 0;
  #ended = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /**
   * Reads up to and including the next CRLF and returns what is before it, one character per byte.
   * `undefined` when the stream ends first, or when the line with its CRLF is longer than `limit`
   * bytes.
   */
  async line(limit: number): Promise<string | undefined> {
    let line = "";
    while (await this.#fill()) {
      const feed = this.#piece.indexOf(LINE_FEED, this.#at);
      const end = Math.min(
        feed < 0 ? this.#piece.length : feed + 1,
        this.#at + limit + 1 - line.length,
      );
      line += String.fromCharCode(...this.#piece.subarray(this.#at, end));
      this.#at = end;
      if (line.length > limit) return undefined;
      if (line.endsWith("\r\n")) return line.slice(0, -2);
    }
    return undefined;
  }

  /** The next bytes, at least one and at most `limit`, not copied; `undefined` at the end. */
  async some(limit: number): Promise<Uint8Array | undefined> {
    if (!await this.#fill()) return undefined;
    const bytes = this.#piece.subarray(this.#at, this.#at + limit);
    this.#at += bytes.length;
    return bytes;
  }

  /** Whether nothing follows. */
  async ended(): Promise<boolean> {
    return !await this.#fill();
  }

  /** Tells the source that no more will be read. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#piece = this.#piece.subarray(0, this.#at);
    await this.#source.return?.();
  }

  async #fill(): Promise<boolean> {
    while (this.#at === this.#piece.length && !this.#ended) {
      const next = await this.#source.next();
      if (next.done) this.#ended = true;
      else [this.#piece, this.#at] = [next.value, 0];
    }
    return this.#at < this.#piece.length;
  }
}

const LINE_FEED = 0x0a;
