/**
 * The chain of signatures in a signed chunked body: each covers the one before it, the first the
 * signature of the request.
 * Source: "Signature Calculations for the Authorization Header: Transferring Payload in Multiple
 * Chunks (Chunked Upload)" and "… Including Trailing Headers".
 *
 * @module
 */
import { createHash } from "node:crypto";
import { signatureMismatch, signaturesEqual } from "./check_signature.ts";
import type { ChunkSigning } from "./payload_mode.ts";

const EMPTY_SHA256 = createHash("sha256").digest("hex");

/** Verifies the signatures of a body one after the other. */
export class ChunkSignatures {
  readonly #signing: ChunkSigning;
  #previous: string;

  constructor(signing: ChunkSigning) {
    this.#signing = signing;
    this.#previous = signing.seedSignature;
  }

  /**
   * Verifies the next chunk.
   *
   * @param sha256 of the chunk's bytes, in hex
   * @throws {SignatureError} `SignatureDoesNotMatch`
   */
  verifyChunk(sha256: string, claimed: string): void {
    this.#verify("AWS4-HMAC-SHA256-PAYLOAD", `${EMPTY_SHA256}\n${sha256}`, claimed);
  }

  /**
   * Verifies the trailing headers, after the last chunk.
   *
   * @throws {SignatureError} `SignatureDoesNotMatch`
   */
  verifyTrailers(trailers: ReadonlyMap<string, string>, claimed: string): void {
    const names = [...trailers.keys()].sort();
    const lines = names.map((name) => `${name}:${trailers.get(name)}\n`).join("");
    const sha256 = createHash("sha256").update(lines, "latin1").digest("hex");
    this.#verify("AWS4-HMAC-SHA256-TRAILER", sha256, claimed);
  }

  #verify(algorithm: string, signed: string, claimed: string): void {
    const { timestamp, scope, sign, accessKeyId } = this.#signing;
    const stringToSign = `${algorithm}\n${timestamp}\n${scope}\n${this.#previous}\n${signed}`;
    const computed = sign(stringToSign);
    if (!signaturesEqual(claimed, computed)) {
      throw signatureMismatch(accessKeyId, claimed, { stringToSign });
    }
    this.#previous = computed;
  }
}
