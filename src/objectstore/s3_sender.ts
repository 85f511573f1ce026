/**
 * Sends what the SDK makes of a call, once, and watches that its bytes move.
 *
 * @module
 */
import type { GetObjectCommandOutput, S3Client } from "@aws-sdk/client-s3";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { AttemptBody, Signing } from "./bucket_calls.ts";
import { s3Fault, stallFault } from "./s3_fault.ts";
import { StallWatch } from "./stall_watch.ts";
import { streamOf } from "./stream_of.ts";
import { unshared } from "./unshared.ts";

/** Gives a command to the SDK's client. */
type Give<Output> = (options: { readonly abortSignal: AbortSignal }) => Promise<Output>;

/** Bodies are handed over in pieces of this size, so that it is seen whether they move. Bytes. */
const PIECE = 64 * 1_024;

/** How many times as long a store may take over bytes that it has already. */
const WORK = 10;

/** Name of the header by which a body is signed. */
const PAYLOAD_HEADER = "x-amz-content-sha256";

/** Sends about one bucket. Throws `ObjectStoreError`, and the reason of a signal. */
export class S3Sender {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #stallLimit: number;

  /** @param stallLimit how long no byte may move, in milliseconds */
  constructor(client: S3Client, bucket: string, stallLimit: number) {
    this.#client = client;
    this.#bucket = bucket;
    this.#stallLimit = stallLimit;
    client.middlewareStack.add((next) => (args) => {
      const { request } = args;
      if (isRequest(request) && request.body instanceof DigestedBody) {
        request.headers[PAYLOAD_HEADER] = request.body.sha256;
      }
      return next(args);
    }, { step: "build" });
  }

  /** @param key for messages; `""` for the bucket itself */
  async send<Output>(give: Give<Output>, key: string, signal?: AbortSignal): Promise<Output> {
    using watch = new StallWatch(this.#stallLimit);
    return await this.#watched(give, watch, key, signal);
  }

  /** Sends what a store may have to work on for a while. */
  async sendWork<Output>(give: Give<Output>, key: string, signal?: AbortSignal): Promise<Output> {
    using watch = new StallWatch(WORK * this.#stallLimit);
    return await this.#watched(give, watch, key, signal);
  }

  /** Sends a body along with its length, which is to be told by the command. */
  async sendBody<Output>(
    body: AttemptBody,
    give: (body: Readable, ...args: Parameters<Give<Output>>) => Promise<Output>,
    key: string,
    signal?: AbortSignal,
  ): Promise<Output> {
    using watch = new StallWatch(this.#stallLimit);
    const failure = new AbortController();
    const sent = body instanceof Uint8Array
      ? new DigestedBody(watch.sending(pieces(body)), sha256(body))
      : Readable.from(watch.sending(body.stream), { objectMode: false });
    // The SDK does not notice that a body fails, and would wait for the rest of it.
    sent.on("error", (error) => failure.abort(error));
    try {
      const ended = [failure.signal, ...signal === undefined ? [] : [signal]];
      return await this.#watched(
        (options) => give(sent, options),
        watch,
        key,
        AbortSignal.any(ended),
      );
    } finally {
      sent.destroy();
    }
  }

  /** Sends, and hands on the bytes of the answer as they come. */
  async open(
    give: Give<GetObjectCommandOutput>,
    key: string,
    signal?: AbortSignal,
  ): Promise<{
    readonly answer: GetObjectCommandOutput;
    readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  }> {
    const watch = new StallWatch(this.#stallLimit);
    try {
      const answer = await this.#watched(give, watch, key, signal);
      watch.pause();
      return { answer, body: this.#bodyOf(answer, watch, key, signal) };
    } catch (error) {
      watch[Symbol.dispose]();
      throw error;
    }
  }

  /** What the client signs with. */
  async credentials(): Promise<Signing["credentials"]> {
    try {
      return await this.#client.config.credentials();
    } catch (error) {
      throw s3Fault(this.#nameOf(""), error);
    }
  }

  async #watched<Output>(
    give: Give<Output>,
    watch: StallWatch,
    key: string,
    signal: AbortSignal | undefined,
  ): Promise<Output> {
    const ends = [watch.signal, ...signal === undefined ? [] : [signal]];
    try {
      return await give({ abortSignal: AbortSignal.any(ends) });
    } catch (error) {
      throw this.#faultOf(error, watch, key, signal);
    }
  }

  #bodyOf(
    { Body, ContentLength }: GetObjectCommandOutput,
    watch: StallWatch,
    key: string,
    signal: AbortSignal | undefined,
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    // In this runtime the SDK answers with one of Node's streams.
    if (!(Body instanceof Readable)) throw new TypeError("the SDK's answer has no body");
    const received: Readable = Body;
    const end = () => void received.destroy();
    const ends = AbortSignal.any([watch.signal, ...signal === undefined ? [] : [signal]]);
    const fault = (error: unknown) => this.#faultOf(error, watch, key, signal);
    const close = () => {
      ends.removeEventListener("abort", end);
      watch[Symbol.dispose]();
      end();
    };
    ends.addEventListener("abort", end, { once: true });
    async function* chunks(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
      let length = 0;
      try {
        for await (const chunk of watch.receiving(received)) {
          length += chunk.length;
          yield unshared(chunk);
        }
        ends.throwIfAborted();
        if (length !== ContentLength) throw new Error(`${length} bytes of ${ContentLength} came`);
      } catch (error) {
        throw fault(error);
      } finally {
        close();
      }
    }
    return streamOf(chunks(), close);
  }

  #faultOf(
    error: unknown,
    watch: StallWatch,
    key: string,
    signal: AbortSignal | undefined,
  ): unknown {
    if (signal?.aborted) return signal.reason;
    const name = this.#nameOf(key);
    return watch.signal.aborted ? stallFault(name, this.#stallLimit) : s3Fault(name, error);
  }

  #nameOf(key: string): string {
    return `s3://${this.#bucket}/${key}`;
  }
}

/** Bytes whose digest is known: unlike other streams they are signed. */
class DigestedBody extends Readable {
  readonly #chunks: AsyncIterator<Uint8Array>;

  constructor(chunks: AsyncIterable<Uint8Array>, readonly sha256: string) {
    super();
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  override _read(): void {
    this.#chunks.next().then(
      ({ done, value }) => this.push(done ? null : value),
      (error) => this.destroy(error),
    );
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

function isRequest(
  request: unknown,
): request is { readonly headers: Record<string, string>; readonly body: unknown } {
  return typeof request === "object" && request !== null && "headers" in request &&
    "body" in request;
}
