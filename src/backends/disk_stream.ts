/**
 * Streams bytes out of the stretches of files that they lie in.
 *
 * @module
 */
import { damaged } from "./disk_fault.ts";

/** What is read at once. Bytes. */
const READ_BYTES = 256 * 1024;

/** Bytes that lie in one piece in a file. */
export interface Stretch {
  readonly path: string;
  /** Where they start in the file. */
  readonly offset: number;
  readonly length: number;
}

/** A stream of one chunk. */
export function streamOnce(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
}

/**
 * Streams the bytes of stretches, one after the other, with one file open at a time. It is closed
 * when the stream ends, fails, is cancelled, or when `signal` aborts.
 *
 * @param first the file of the first stretch, where it is open already
 */
export function streamStretches(
  stretches: readonly Stretch[],
  signal: AbortSignal | undefined,
  first?: Deno.FsFile,
): ReadableStream<Uint8Array> {
  const reader = new StretchReader(stretches, first);
  let abort = (): void => {};
  const release = () => {
    signal?.removeEventListener("abort", abort);
    reader.close();
  };
  return new ReadableStream<Uint8Array>({
    start(controller) {
      abort = () => {
        release();
        controller.error(signal?.reason);
      };
      signal?.addEventListener("abort", abort);
    },
    async pull(controller) {
      try {
        const chunk = await reader.read();
        if (signal?.aborted) return;
        if (chunk !== undefined) controller.enqueue(chunk);
        if (!reader.done) return;
        controller.close();
      } catch (error) {
        controller.error(error);
      }
      release();
    },
    cancel: release,
  });
}

/** Reads stretch after stretch, with one file open at a time. */
class StretchReader {
  #next = 0;
  /** Bytes left of the open stretch. */
  #left = 0;
  #file: Deno.FsFile | undefined;
  #reading = false;
  #closed = false;

  constructor(private readonly stretches: readonly Stretch[], first: Deno.FsFile | undefined) {
    if (first !== undefined) this.#enter(first);
  }

  get done(): boolean {
    return this.#left === 0 && this.#next === this.stretches.length;
  }

  /** The next bytes; `undefined` after the last, and after {@link close}. */
  async read(): Promise<Uint8Array | undefined> {
    if (this.done || this.#closed) return undefined;
    this.#reading = true;
    try {
      if (this.#left === 0) this.#enter(await Deno.open(this.stretches[this.#next].path));
      return await this.#readOpen();
    } finally {
      this.#reading = false;
      if (this.#closed || this.#left === 0) this.#closeFile();
    }
  }

  /** Closes what is open; a read under way ends first. */
  close(): void {
    this.#closed = true;
    if (!this.#reading) this.#closeFile();
  }

  #enter(file: Deno.FsFile): void {
    const { offset, length } = this.stretches[this.#next];
    this.#file = file;
    file.seekSync(offset, Deno.SeekMode.Start);
    this.#left = length;
    this.#next++;
  }

  async #readOpen(): Promise<Uint8Array | undefined> {
    const bytes = new Uint8Array(Math.min(READ_BYTES, this.#left));
    const read = await this.#file?.read(bytes) ?? 0;
    if (read === 0) throw damaged(this.stretches[this.#next - 1].path);
    this.#left -= read;
    return bytes.subarray(0, read);
  }

  #closeFile(): void {
    this.#file?.close();
    this.#file = undefined;
  }
}
