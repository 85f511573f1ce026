/**
 * One signed request to an S3 store, and its answer.
 *
 * Requests go through undici: it sends the path as it is signed (a URL parser would fold `.` and
 * `..`), and it sends a stream with its Content-Length, without which stores refuse uploads.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { type Dispatcher, Pool } from "undici";
import type { z } from "zod";
import { signHeaders } from "../sigv4/sign.ts";
import { injectTraceHeaders } from "../telemetry/tracing.ts";
import { BackendError } from "./backend.ts";
import { ContentFailure } from "./content.ts";
import { S3Address, type S3BackendConfig } from "./s3_address.ts";
import { malformedAnswer, networkError, refusalError } from "./s3_fault.ts";
import { parseAnswer, parseError } from "./s3_xml.ts";

/** The type of a document in a request. */
export const XML_HEADERS: Readonly<Record<string, string>> = { "content-type": "application/xml" };

/** The digest of no bytes, signed for requests without a body. */
export const EMPTY_SHA256 = createHash("sha256").digest("hex");

/** Longest document that is read: a page of a listing of the longest keys, each byte encoded. */
const MAX_DOCUMENT_BYTES = 8 * 1024 * 1024;

const CONNECT_TIMEOUT = 10_000;

/** A body of a known length. */
export interface RequestBody {
  /** A stream is read once, and must be exactly `length` bytes. */
  readonly content: Uint8Array | AsyncIterable<Uint8Array>;
  readonly length: number;
  /** Hex, or one of the words that stand in its place. */
  readonly payloadSha256: string;
}

/** A document as a body. */
export function documentBody(xml: string): RequestBody & { readonly content: Uint8Array } {
  const content = Buffer.from(xml);
  const payloadSha256 = createHash("sha256").update(content).digest("hex");
  return { content, length: content.length, payloadSha256 };
}

/** A request that is not signed yet. */
export interface S3Request {
  readonly method: "DELETE" | "GET" | "HEAD" | "POST" | "PUT";
  /** The bucket itself when it is absent. */
  readonly key?: string;
  /** Encoded, without `?`. */
  readonly query?: string;
  /** Names in lower case. All are signed. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  /** Instead of the configured one, in milliseconds. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/** An answer with the document that came with it. */
export interface S3Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly document: string;
}

/** Pooled connections to one bucket. */
export class S3Connection {
  readonly name: string;
  readonly address: S3Address;
  readonly #pool: Pool;

  constructor(readonly config: S3BackendConfig) {
    this.name = config.name;
    this.address = new S3Address(config);
    // Idle connections are closed after 4 s, undici's default: sooner than stores do it, since an
    // upload that meets a closed connection cannot be sent again.
    this.#pool = new Pool(this.address.origin, {
      connect: { timeout: CONNECT_TIMEOUT },
      headersTimeout: config.timeout,
      bodyTimeout: config.stallTimeout,
    });
  }

  /**
   * Sends a request and reads its answer.
   *
   * @throws {BackendError} for every answer that is not a success, and for none
   * @throws {ContentFailure} when a streamed body throws it
   * @throws the signal's reason
   */
  async send(request: S3Request): Promise<S3Answer> {
    try {
      const answer = await this.#dispatch(request);
      const document = await this.#readDocument(answer.body);
      const headers = flatten(answer.headers);
      const status = answer.statusCode;
      if (status < 200 || status >= 300) {
        const bucketRegion = headers["x-amz-bucket-region"];
        throw refusalError(this.name, { status, body: document, bucketRegion });
      }
      return { status, headers, document };
    } catch (error) {
      throw this.#faultOf(error, request.signal);
    }
  }

  /**
   * Sends a request and reads the document in its answer. A store that has begun to answer `200`
   * when it finds a fault says so in the document. Throws as {@link send} does.
   */
  async sendForDocument<Schema extends z.ZodType>(
    request: S3Request,
    schema: Schema,
  ): Promise<{ readonly value: z.output<Schema>; readonly headers: S3Answer["headers"] }> {
    const { status, headers, document } = await this.send(request);
    if (parseError(document)) throw refusalError(this.name, { status, body: document });
    try {
      return { value: parseAnswer(document, schema), headers };
    } catch (cause) {
      throw malformedAnswer(this.name, "its document does not fit", cause);
    }
  }

  /** Sends a request and hands its answer's bytes on as they come. Throws as {@link send} does. */
  async stream(request: S3Request): Promise<{ status: number; body: ReadableStream<Uint8Array> }> {
    try {
      const { statusCode: status, body } = await this.#dispatch(request);
      if (status >= 200 && status < 300) return { status, body: ReadableStream.from(body) };
      throw refusalError(this.name, { status, body: await this.#readDocument(body) });
    } catch (error) {
      throw this.#faultOf(error, request.signal);
    }
  }

  /** The headers of a request, with its signature and the trace that it belongs to. */
  sign(request: S3Request): Record<string, string> {
    const headers = request.headers ?? {};
    const added = signHeaders(
      {
        method: request.method,
        host: this.address.host,
        rawPath: this.#pathOf(request),
        rawQuery: request.query ?? "",
        headers,
        payloadSha256: request.body?.payloadSha256 ?? EMPTY_SHA256,
      },
      this.config,
      this.config.region,
      new Date(),
    );
    const signed = Object.assign(added, headers);
    injectTraceHeaders(signed);
    return signed;
  }

  /** Closes all connections. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  #dispatch(request: S3Request): Promise<Dispatcher.ResponseData> {
    const { method, body, query, timeout, signal } = request;
    const headers = this.sign(request);
    if (body !== undefined) headers["content-length"] = String(body.length);
    const path = this.#pathOf(request);
    return this.#pool.request({
      method,
      path: query === undefined ? path : `${path}?${query}`,
      headers,
      // undici sends any iterable of bytes; its types only name Node's streams.
      body: body?.content as Dispatcher.DispatchOptions["body"],
      headersTimeout: timeout,
      signal,
      // undici closes the connection after a HEAD otherwise.
      reset: method === "HEAD" ? false : undefined,
    });
  }

  #pathOf({ key }: S3Request): string {
    return key === undefined ? this.address.bucketPath : this.address.objectPath(key);
  }

  async #readDocument(body: Dispatcher.ResponseData["body"]): Promise<string> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of body) {
      length += chunk.length;
      if (length > MAX_DOCUMENT_BYTES) throw malformedAnswer(this.name, "it is too long");
      chunks.push(chunk);
    }
    if (length === 0) return "";
    return new TextDecoder().decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
  }

  #faultOf(error: unknown, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted) return signal.reason;
    const isKnown = error instanceof BackendError || error instanceof ContentFailure;
    return isKnown ? error : networkError(this.name, error);
  }
}

function flatten(
  headers: Dispatcher.ResponseData["headers"],
): Readonly<Record<string, string | undefined>> {
  const flat: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(headers)) {
    flat[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}
