/**
 * What `x-amz-content-sha256` says about the body of a request.
 * Source: "Signature Calculations for the Authorization Header: Transferring Payload in a Single
 * Chunk" and "… in Multiple Chunks".
 *
 * @module
 */
import { UNSIGNED_PAYLOAD } from "./canonical_request.ts";
import { SignatureError } from "./signature_error.ts";

/** What is needed to verify the signatures inside a chunked body. It holds no readable key. */
export interface ChunkSigning {
  readonly accessKeyId: string;
  /** The signature of the request, in hex: the first chunk is chained to it. */
  readonly seedSignature: string;
  /** `20130524T000000Z`. */
  readonly timestamp: string;
  /** `20130524/us-east-1/s3/aws4_request`. */
  readonly scope: string;
  /** Signs a text with the key of the request's credential; lower-case hex. */
  readonly sign: (text: string) => string;
}

/** How a body comes, and what protects it. */
export type PayloadMode =
  /** Plain; its SHA-256 in lower-case hex is signed. */
  | { readonly kind: "signed"; readonly sha256: string }
  /** Plain and unprotected. */
  | { readonly kind: "unsigned" }
  /** In aws-chunked framing. */
  | {
    readonly kind: "chunked";
    /** Whether trailing headers may follow the last chunk. */
    readonly trailer: boolean;
    /** Names that `x-amz-trailer` announced, in lower case; `undefined`: any will do. */
    readonly declaredTrailers?: readonly string[];
    /** Absent: chunks carry no signature, or none that is verified. */
    readonly chunkSigning?: ChunkSigning;
  };

const STREAMING: Readonly<Record<string, { readonly trailer: boolean; readonly signed: boolean }>> =
  {
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD": { trailer: false, signed: true },
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER": { trailer: true, signed: true },
    "STREAMING-UNSIGNED-PAYLOAD-TRAILER": { trailer: true, signed: false },
  };

/**
 * Reads `x-amz-content-sha256`.
 *
 * @param declared its value; `undefined`: nothing is said, so nothing is checked
 * @param chunkSigning verifies the chunks of a signed chunked body; without it (authentication is
 * off) their signatures are read over
 * @throws {SignatureError} `InvalidArgument` for a value that is not supported
 */
export function parsePayloadMode(
  declared: string | undefined,
  headers: Headers,
  chunkSigning?: ChunkSigning,
): PayloadMode {
  if (declared === undefined || declared === UNSIGNED_PAYLOAD) return { kind: "unsigned" };
  if (/^[0-9a-f]{64}$/i.test(declared)) return { kind: "signed", sha256: declared.toLowerCase() };
  const streaming = Object.hasOwn(STREAMING, declared) ? STREAMING[declared] : undefined;
  if (streaming === undefined) throw unsupported(declared);
  return {
    kind: "chunked",
    trailer: streaming.trailer,
    declaredTrailers: declaredTrailers(headers),
    chunkSigning: streaming.signed ? chunkSigning : undefined,
  };
}

function declaredTrailers(headers: Headers): readonly string[] {
  const names = (headers.get("x-amz-trailer") ?? "").toLowerCase().split(",");
  return names.map((name) => name.trim()).filter((name) => name !== "");
}

function unsupported(declared: string): SignatureError {
  return new SignatureError(
    "InvalidArgument",
    "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, " +
      "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid " +
      "sha256 value.",
    { ArgumentName: "x-amz-content-sha256", ArgumentValue: declared },
  );
}
