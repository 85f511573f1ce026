/**
 * Takes the aws-chunked framing off a body, and holds the body to its signatures.
 * Source: "Signature Calculations for the Authorization Header: Transferring Payload in Multiple
 * Chunks (Chunked Upload)".
 *
 * @module
 */
import { createHash } from "node:crypto";
import { ChunkSignatures } from "./chunk_signatures.ts";
import { LineReader } from "./line_reader.ts";
import type { PayloadMode } from "./payload_mode.ts";
import { SignatureError } from "./signature_error.ts";

/** The mode of a body in aws-chunked framing. */
export type ChunkedMode = Extract<PayloadMode, { kind: "chunked" }>;

/** A body without its framing. */
export interface DecodedBody {
  /**
   * The bytes, not copied where that can be. The last piece comes only after everything was
   * verified: who sends the pieces on with a known length has never sent all of a bad body.
   *
   * Throws {@link SignatureError}: `SignatureDoesNotMatch`, `IncompleteBody` (cut short, not the
   * length that was announced, or no valid framing), `MalformedTrailerError`. It closes its source
   * when it is left early.
   */
  readonly content: AsyncIterable<Uint8Array>;
  /** The trailing headers, names in lower case; empty until `content` has come to its last piece. */
  trailers(): ReadonlyMap<string, string>;
}

/** Bytes of a line `10000;chunk-signature=…`. */
const MAX_CHUNK_LINE = 1_024;

/** Bytes of all trailing headers. */
const MAX_TRAILERS = 16 * 1_024;

const CRLF_BYTES = 2;
const TRAILER_SIGNATURE = "x-amz-trailer-signature";

/**
 * Decodes a body. It can be read once, and memory does not grow with the size of its chunks.
 *
 * @param source the pieces must stay unchanged while they are in use
 * @param decodedLength `x-amz-decoded-content-length`; `undefined`: not checked
 */
export function decodeChunked(
  source: AsyncIterable<Uint8Array>,
  mode: ChunkedMode,
  decodedLength: number | undefined,
): DecodedBody {
  let trailers: ReadonlyMap<string, string> = new Map();
  async function* content(): AsyncGenerator<Uint8Array> {
    const decoder = new ChunkDecoder(new LineReader(source), mode, decodedLength);
    try {
      let held: Uint8Array | undefined;
      for await (const piece of decoder.chunks()) {
        if (held !== undefined) yield held;
        held = piece;
      }
      trailers = await decoder.end();
      if (held !== undefined) yield held;
    } finally {
      await decoder.close();
    }
  }
  return { content: content(), trailers: () => trailers };
}

class ChunkDecoder {
  readonly #reader: LineReader;
  readonly #mode: ChunkedMode;
  readonly #signatures: ChunkSignatures | undefined;
  readonly #decodedLength: number | undefined;
  #decoded = 0;

  constructor(reader: LineReader, mode: ChunkedMode, decodedLength: number | undefined) {
    this.#reader = reader;
    this.#mode = mode;
    this.#signatures = mode.chunkSigning && new ChunkSignatures(mode.chunkSigning);
    this.#decodedLength = decodedLength;
  }

  /** The bytes of all chunks, through the line of the last, empty one. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const { size, signature } = await this.#chunkLine();
      const hash = this.#signatures && createHash("sha256");
      for (let left = size; left > 0;) {
        const piece = await this.#reader.some(left);
        if (piece === undefined) throw incomplete();
        left -= piece.length;
        hash?.update(piece);
        yield piece;
      }
      if (size > 0 && await this.#reader.line(CRLF_BYTES) !== "") throw incomplete();
      if (hash) this.#signatures?.verifyChunk(hash.digest("hex"), signature);
      if (size === 0) return;
    }
  }

  /** Reads and checks what follows the last chunk. */
  async end(): Promise<ReadonlyMap<string, string>> {
    if (this.#decodedLength !== undefined && this.#decoded !== this.#decodedLength) {
      throw wrongLength(this.#decodedLength, this.#decoded);
    }
    const trailers = this.#mode.trailer ? await this.#trailers() : await this.#noTrailers();
    if (!await this.#reader.ended()) throw this.#mode.trailer ? malformedTrailer() : incomplete();
    return trailers;
  }

  close(): Promise<void> {
    return this.#reader.close();
  }

  async #chunkLine(): Promise<{ readonly size: number; readonly signature: string }> {
    const line = await this.#reader.line(MAX_CHUNK_LINE);
    const [, hex, signature = ""] = CHUNK_LINE.exec(line ?? "") ?? [];
    if (hex === undefined || (this.#signatures && signature === "")) throw incomplete();
    const size = Number.parseInt(hex, 16);
    this.#decoded += size;
    if (!Number.isSafeInteger(this.#decoded)) throw incomplete();
    if (this.#decodedLength !== undefined && this.#decoded > this.#decodedLength) {
      throw wrongLength(this.#decodedLength, this.#decoded);
    }
    return { size, signature };
  }

  async #noTrailers(): Promise<ReadonlyMap<string, string>> {
    if (await this.#reader.line(CRLF_BYTES) !== "") throw incomplete();
    return new Map();
  }

  async #trailers(): Promise<ReadonlyMap<string, string>> {
    const trailers = new Map<string, string>();
    for (let left = MAX_TRAILERS;;) {
      const line = await this.#reader.line(left);
      if (line === undefined) throw await this.#reader.ended() ? incomplete() : malformedTrailer();
      if (line === "") break;
      left -= line.length + CRLF_BYTES;
      const [, name, value] = TRAILER_LINE.exec(line) ?? [];
      if (name === undefined) throw incomplete();
      if (trailers.has(name.toLowerCase())) throw malformedTrailer();
      trailers.set(name.toLowerCase(), value.trim());
    }
    const signature = trailers.get(TRAILER_SIGNATURE);
    trailers.delete(TRAILER_SIGNATURE);
    this.#requireDeclared(trailers);
    if (this.#signatures && (trailers.size > 0 || signature !== undefined)) {
      if (signature === undefined) throw malformedTrailer();
      this.#signatures.verifyTrailers(trailers, signature);
    }
    return trailers;
  }

  #requireDeclared(trailers: ReadonlyMap<string, string>): void {
    const declared = this.#mode.declaredTrailers;
    if (declared === undefined) return;
    const asDeclared = declared.every((name) => trailers.has(name)) &&
      [...trailers.keys()].every((name) => declared.includes(name));
    if (!asDeclared) throw malformedTrailer();
  }
}

const CHUNK_LINE = /^([0-9a-f]{1,16})(?:;chunk-signature=([0-9a-f]{64}))?$/i;
const TRAILER_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([^]*)$/;

function incomplete(): SignatureError {
  return new SignatureError("IncompleteBody", "The request body terminated unexpectedly");
}

function wrongLength(expected: number, provided: number): SignatureError {
  return new SignatureError(
    "IncompleteBody",
    "You did not provide the number of bytes specified by the Content-Length HTTP header",
    { NumberBytesExpected: String(expected), NumberBytesProvided: String(provided) },
  );
}

function malformedTrailer(): SignatureError {
  return new SignatureError(
    "MalformedTrailerError",
    "The request contained trailing data that was not well-formed or did not conform to our " +
      "published schema.",
  );
}
