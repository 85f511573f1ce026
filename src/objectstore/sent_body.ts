/**
 * A body on its way to a store.
 *
 * @module
 */
import { BackendError } from "../backends/backend.ts";
import { ContentFailure, exactly } from "../backends/content.ts";
import type { AttemptBody } from "./bucket_calls.ts";
import type { ObjectBody } from "./object_store.ts";
import { ObjectStoreError } from "./object_store_error.ts";
import { untilAborted } from "./until_aborted.ts";

/** Bytes that can be read as often as they have to be sent. */
export interface RepeatableBody {
  readonly open: () => AsyncIterable<Uint8Array<ArrayBuffer>>;
  readonly size: number;
}

/** Streams up to this size are read whole before they are sent, so that they can be sent again. */
const WHOLE_BYTES = 256 * 1_024;

/** What is sent, as often as it can be. */
export class SentBody {
  readonly size: number;
  readonly #body: Uint8Array<ArrayBuffer> | RepeatableBody;
  #isSpent = false;
  #failure: { readonly error: unknown } | undefined;

  private constructor(
    body: Uint8Array<ArrayBuffer> | RepeatableBody,
    private readonly isRepeatable: boolean,
  ) {
    this.#body = body;
    this.size = "open" in body ? body.size : body.length;
  }

  /** Throws what the stream throws, and `ObjectStoreError` where it has another size than it says. */
  static async of(
    body: ObjectBody | RepeatableBody,
    signal: AbortSignal | undefined,
  ): Promise<SentBody> {
    if (body instanceof Uint8Array || "open" in body) return new SentBody(body, true);
    const { size } = body;
    const stream = untilAborted(body.stream, signal);
    const sent = new SentBody({ open: () => stream, size }, false);
    if (size > WHOLE_BYTES) return sent;
    const whole = new Uint8Array(size);
    let length = 0;
    try {
      for await (const chunk of exactly(stream, size, "")) {
        whole.set(chunk, length);
        length += chunk.length;
      }
    } catch (error) {
      throw bodyFault(error);
    }
    return new SentBody(whole, true);
  }

  /** The body for one attempt. */
  begin(): AttemptBody {
    if (this.#body instanceof Uint8Array) return this.#body;
    return { stream: this.#read(this.#body), size: this.size };
  }

  /** Whether there is nothing left to send again. */
  get isSpent(): boolean {
    return this.#isSpent;
  }

  /** What is to be thrown for an attempt's error: the body's own fault before the store's. */
  faultOf(error: unknown): unknown {
    return this.#failure === undefined ? error : bodyFault(this.#failure.error);
  }

  async *#read({ open, size }: RepeatableBody): AsyncGenerator<Uint8Array> {
    this.#isSpent = !this.isRepeatable;
    try {
      yield* exactly(open(), size, "");
    } catch (error) {
      this.#failure = { error };
      this.#isSpent = true;
      throw error;
    }
  }
}

/** What a body's fault is thrown as: an error of its stream, unchanged. */
export function bodyFault(error: unknown): unknown {
  if (error instanceof ContentFailure) return error.cause;
  if (!(error instanceof BackendError)) return error;
  const message = "The body is shorter or longer than it was said to be";
  return new ObjectStoreError("Refused", message, { code: "IncompleteBody", cause: error });
}
