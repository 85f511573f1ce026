/**
 * Takes in the body of an upload: its length, its framing, and every digest that goes with it.
 *
 * @module
 */
import type { ChecksumAlgorithm } from "../digest/checksum.ts";
import type { Upload, UploadDigests } from "../storage/storage.ts";
import { BodyVerifier, entityTooLarge } from "./body_verifier.ts";
import { declaredChecksum, type DeclaredDigests, declaredMd5 } from "./declared_digests.ts";
import { decodeBody, type DecodedBody } from "./decoded_body.ts";
import { S3Error } from "./errors.ts";
import type { S3Request } from "./operation.ts";

/** The part of a request that its body depends on. */
export type BodyRequest = Pick<S3Request, "headers" | "body" | "payload">;

/** Bounds of an upload. */
export interface UploadLimits {
  /** Bytes. */
  readonly maxObjectSize: number;
  /** Bytes; 0 unless a form's policy wants more. */
  readonly minObjectSize?: number;
  /** Milliseconds without a byte after which the client is given up. */
  readonly stallTimeout: number;
}

export interface UploadOptions extends UploadLimits {
  /** The checksum to compute, and to keep, where the client declares none. */
  readonly checksumAlgorithm?: ChecksumAlgorithm;
}

/** Up to this size a body is read whole before it goes anywhere, so that it can be sent twice. */
const WHOLE_BYTES = 256 * 1_024;

/**
 * Opens the body of PutObject or UploadPart. A small one has been read and verified when this
 * resolves; a larger one is verified while it is read, and its content throws what this would.
 *
 * @throws {S3Error} `MissingContentLength`, `EntityTooLarge` (before anything is read),
 * `InvalidDigest`, `InvalidRequest`, `BadDigest`, `XAmzContentSHA256Mismatch`, `IncompleteBody`,
 * `RequestTimeout`, `MalformedTrailerError`, `NotImplemented`
 * @throws {SignatureError} for faults of chunked framing and its signatures
 */
export function receiveUpload(request: BodyRequest, options: UploadOptions): Promise<Upload> {
  const size = declaredSize(request);
  if (size !== undefined && size > options.maxObjectSize) {
    throw entityTooLarge(size, options.maxObjectSize);
  }
  const declared = declaredDigests(request, options.checksumAlgorithm);
  const body = decodeBody(request, size, options.stallTimeout);
  return openUpload(body, size, declared, options);
}

/** The same for content that has been taken out of its framing already, such as a form's file. */
export async function openUpload(
  body: DecodedBody,
  size: number | undefined,
  declared: DeclaredDigests,
  { minObjectSize, maxObjectSize }: Omit<UploadLimits, "stallTimeout">,
): Promise<Upload> {
  const verified = new VerifiedBody(
    body,
    new BodyVerifier(declared, { declared: size, least: minObjectSize, most: maxObjectSize }),
  );
  const small = size !== undefined && size <= WHOLE_BYTES;
  const content = small ? await readWhole(verified, size) : verified;
  return { size, content, digests: () => verified.digests() };
}

/**
 * The length of a request's content in bytes, out of its framing; `undefined` when only its end
 * will tell.
 *
 * @throws {S3Error} `MissingContentLength` where there is neither a length nor chunks;
 * `InvalidArgument` for one that is no number
 */
export function declaredSize({ headers, payload }: BodyRequest): number | undefined {
  if (payload.kind === "chunked") {
    return parseSize("x-amz-decoded-content-length", headers.get("x-amz-decoded-content-length"));
  }
  const size = parseSize("content-length", headers.get("content-length"));
  if (size === undefined && !headers.has("transfer-encoding")) {
    throw new S3Error("MissingContentLength");
  }
  return size;
}

/** Everything that a request's body must be verified against. */
export function declaredDigests(
  request: BodyRequest,
  checksumAlgorithm?: ChecksumAlgorithm,
): DeclaredDigests {
  const computed = checksumAlgorithm &&
    { kind: "computed", algorithm: checksumAlgorithm } as const;
  return {
    ...withoutChecksum(request),
    checksum: declaredChecksum(request.headers) ?? computed,
  };
}

/** The same without the checksum, for a request whose checksum headers speak of something else. */
export function withoutChecksum({ headers, payload }: BodyRequest): DeclaredDigests {
  return {
    sha256: payload.kind === "signed" ? payload.sha256 : undefined,
    md5: declaredMd5(headers),
  };
}

/**
 * A body's content, to be read once. The last chunk is held back until all of it has been verified:
 * whoever stores the content never has the whole of a bad one.
 */
class VerifiedBody implements AsyncIterable<Uint8Array> {
  readonly #body: DecodedBody;
  readonly #verifier: BodyVerifier;
  #digests: UploadDigests | undefined;

  constructor(body: DecodedBody, verifier: BodyVerifier) {
    this.#body = body;
    this.#verifier = verifier;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    let held: Uint8Array | undefined;
    for await (const chunk of this.#body.content) {
      this.#verifier.update(chunk);
      if (held !== undefined) yield held;
      held = chunk;
    }
    this.#digests = this.#verifier.finish(this.#body.trailers());
    if (held !== undefined) yield held;
  }

  digests(): UploadDigests {
    if (this.#digests === undefined) throw new Error("the content has not been read to its end");
    return this.#digests;
  }
}

async function readWhole(content: AsyncIterable<Uint8Array>, size: number): Promise<Uint8Array> {
  const whole = new Uint8Array(size);
  let length = 0;
  for await (const chunk of content) {
    // More than was declared can only be chunks whose framing is no better than their sum.
    if (length + chunk.length > size) throw new S3Error("IncompleteBody");
    whole.set(chunk, length);
    length += chunk.length;
  }
  return whole;
}

function parseSize(name: string, text: string | null): number | undefined {
  if (text === null) return undefined;
  const size = /^\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(size)) return size;
  throw new S3Error("InvalidArgument", `Value for ${name} header is invalid.`, {
    detail: { ArgumentName: name, ArgumentValue: text },
  });
}
