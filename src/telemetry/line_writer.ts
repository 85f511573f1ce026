/** How long a line is held back at most, so that others can join it. Milliseconds. */
const DELAY = 100;

/** Source: POSIX, `PIPE_BUF` on Linux: a write of this many bytes does not mix with others. */
const ATOMIC = 4_096;

/** Held back at most; then everything is written at once. */
const FULL = 256 * 1024;

/**
 * Gathers lines into few writes, none of which ends within a line. Lines of several threads do not
 * mix, save those longer than a pipe takes at once.
 */
export class LineWriter {
  readonly #write: (bytes: Uint8Array) => number;
  readonly #encoder = new TextEncoder();
  #held: string[] = [];
  #length = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param write takes bytes and returns how many of them it took */
  constructor(write: (bytes: Uint8Array) => number) {
    this.#write = write;
  }

  /** Takes a line, without its end. */
  write(line: string): void {
    this.#held.push(line);
    this.#length += line.length;
    if (this.#length >= FULL) return this.flush();
    this.#timer ??= setTimeout(() => this.flush(), DELAY);
  }

  /** Writes what is held back. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#held;
    this.#held = [];
    this.#length = 0;
    let block = "";
    for (const line of lines) {
      if (block !== "" && (block.length + line.length + 1) * 1.1 > ATOMIC) {
        this.#writeAll(block);
        block = "";
      }
      block += `${line}\n`;
    }
    if (block !== "") this.#writeAll(block);
  }

  #writeAll(text: string): void {
    const bytes = this.#encoder.encode(text);
    for (let at = 0; at < bytes.length;) at += this.#write(bytes.subarray(at));
  }
}
