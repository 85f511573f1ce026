/**
 * Holds a body to what its client said of it.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { digestsEqual, formatDigest } from "../digest/base64_digest.ts";
import type { Checksum, ChecksumAlgorithm } from "../digest/checksum.ts";
import { createDigester, type Digester } from "../digest/digester.ts";
import type { UploadDigests } from "../storage/storage.ts";
import { checksumHeader } from "./checksum_fields.ts";
import { type DeclaredChecksum, type DeclaredDigests, parseChecksum } from "./declared_digests.ts";
import { S3Error } from "./errors.ts";

/** Trailers of a body, names in lower case. */
export type Trailers = ReadonlyMap<string, string>;

/** Bounds of a body, in bytes. */
export interface BodySize {
  /** `undefined` when only its end will tell. */
  readonly declared: number | undefined;
  /** 0 unless given. */
  readonly least?: number;
  readonly most: number;
}

/** Takes in a body, chunk by chunk, and then says whether it is what was declared. */
export class BodyVerifier {
  readonly #size: BodySize;
  readonly #declared: DeclaredDigests;
  readonly #sha256: Digester | undefined;
  readonly #md5: Digester | undefined;
  readonly #checksum: Digester | undefined;
  #received = 0;

  constructor(declared: DeclaredDigests, size: BodySize) {
    this.#declared = declared;
    this.#size = size;
    this.#sha256 = declared.sha256 === undefined ? undefined : createDigester("SHA256");
    this.#md5 = declared.md5 === undefined ? undefined : createDigester("MD5");
    this.#checksum = declared.checksum && createDigester(declared.checksum.algorithm);
  }

  /**
   * Takes in the next bytes.
   *
   * @throws {S3Error} `EntityTooLarge`
   */
  update(chunk: Uint8Array): void {
    this.#received += chunk.length;
    if (this.#received > this.#size.most) throw entityTooLarge(this.#received, this.#size.most);
    this.#sha256?.update(chunk);
    this.#md5?.update(chunk);
    this.#checksum?.update(chunk);
  }

  /**
   * Ends the body. To be called once.
   *
   * @throws {S3Error} `IncompleteBody`, `EntityTooSmall`, `XAmzContentSHA256Mismatch`, `BadDigest`,
   * `MalformedTrailerError`, `InvalidRequest`
   */
  finish(trailers: Trailers): UploadDigests {
    const { declared, least = 0 } = this.#size;
    if (declared !== undefined && this.#received !== declared) throw new S3Error("IncompleteBody");
    if (this.#received < least) throw entityTooSmall(this.#received, least);
    this.#verifySha256();
    return { md5: this.#verifyMd5(), checksum: this.#verifyChecksum(trailers) };
  }

  #verifySha256(): void {
    const { sha256: expected } = this.#declared;
    if (this.#sha256 === undefined || expected === undefined) return;
    const computed = Buffer.from(this.#sha256.digest());
    if (digestsEqual(computed, Buffer.from(expected, "hex"))) return;
    throw new S3Error("XAmzContentSHA256Mismatch", undefined, {
      detail: {
        ClientComputedContentSHA256: expected,
        S3ComputedContentSHA256: computed.toString("hex"),
      },
    });
  }

  #verifyMd5(): string | undefined {
    const { md5: expected } = this.#declared;
    if (this.#md5 === undefined || expected === undefined) return undefined;
    const computed = this.#md5.digest();
    if (!digestsEqual(computed, expected)) {
      throw new S3Error(
        "BadDigest",
        "The Content-MD5 you specified did not match what was received.",
        {
          detail: {
            ExpectedDigest: formatDigest(expected),
            CalculatedDigest: formatDigest(computed),
          },
        },
      );
    }
    return Buffer.from(computed).toString("hex");
  }

  #verifyChecksum(trailers: Trailers): Checksum | undefined {
    const { checksum: declared } = this.#declared;
    if (this.#checksum === undefined || declared === undefined) return undefined;
    const { algorithm } = declared;
    const computed = this.#checksum.digest();
    const expected = expectedChecksum(declared, trailers);
    if (expected !== undefined && !digestsEqual(computed, expected)) throw wrongChecksum(algorithm);
    return { algorithm, type: "FULL_OBJECT", value: formatDigest(computed) };
  }
}

/** The error for a body, declared or received, that is larger than allowed. */
export function entityTooLarge(size: number, most: number): S3Error {
  return new S3Error("EntityTooLarge", undefined, {
    detail: { ProposedSize: String(size), MaxSizeAllowed: String(most) },
  });
}

function entityTooSmall(size: number, least: number): S3Error {
  return new S3Error("EntityTooSmall", undefined, {
    detail: { ProposedSize: String(size), MinSizeAllowed: String(least) },
  });
}

function expectedChecksum(declared: DeclaredChecksum, trailers: Trailers): Uint8Array | undefined {
  switch (declared.kind) {
    case "value":
      return declared.value;
    case "computed":
      return undefined;
    case "trailer": {
      const text = trailers.get(checksumHeader(declared.algorithm));
      if (text === undefined) throw new S3Error("MalformedTrailerError");
      return parseChecksum(declared.algorithm, text);
    }
  }
}

function wrongChecksum(algorithm: ChecksumAlgorithm): S3Error {
  return new S3Error(
    "BadDigest",
    `The ${algorithm} you specified did not match the calculated checksum.`,
  );
}
