/** The bytes of the message that ends a session: PostgreSQL's `Terminate`. */
const TERMINATE = "X".charCodeAt(0);

/**
 * Cuts a stream of bytes from a PostgreSQL client into whole messages, because the embedded
 * database takes nothing less. Source: PostgreSQL, "Message Formats".
 */
export class MessageFrames {
  #pending = new Uint8Array(0);
  #started = false;

  /** Whether the client has ended its session. */
  terminated = false;

  /** Takes what has come, and returns as many whole messages as there are, as one or more runs. */
  take(bytes: Uint8Array): readonly Uint8Array<ArrayBuffer>[] {
    const all = new Uint8Array(this.#pending.length + bytes.length);
    all.set(this.#pending);
    all.set(bytes, this.#pending.length);
    const runs: Uint8Array<ArrayBuffer>[] = [];
    let begin = 0;
    let end = 0;
    while (!this.terminated) {
      const next = this.#endOfMessage(all, end);
      if (next === undefined) break;
      if (this.#started && all[end] === TERMINATE) {
        this.terminated = true;
        break;
      }
      end = next;
      if (!this.#started) {
        // The startup message has no type, and must not share a run with what follows.
        this.#started = true;
        runs.push(all.slice(begin, end));
        begin = end;
      }
    }
    if (end > begin) runs.push(all.slice(begin, end));
    this.#pending = all.slice(end);
    return runs;
  }

  #endOfMessage(bytes: Uint8Array, begin: number): number | undefined {
    const lengthAt = this.#started ? begin + 1 : begin;
    if (bytes.length < lengthAt + 4) return undefined;
    const length = new DataView(bytes.buffer, bytes.byteOffset + lengthAt).getUint32(0);
    const end = lengthAt + length;
    return end <= bytes.length ? end : undefined;
  }
}
