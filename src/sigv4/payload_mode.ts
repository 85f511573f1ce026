/**
 * What `x-amz-content-sha256` says about the body of a request.
 * Source: "Signature Calculations for the Authorization Header: Transferring Payload in a Single
 * Chunk" and "… in Multiple Chunks".
 *
 * @module
 */

/** What is needed to verify the signatures inside a chunked body. It holds no readable key. */
export interface ChunkSigning {
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
    /** Whether trailing headers follow the last chunk. */
    readonly trailer: boolean;
    /** Names that `x-amz-trailer` announced, in lower case; `undefined`: any will do. */
    readonly declaredTrailers?: readonly string[];
    /** Absent: chunks carry no signature, or none that is verified. */
    readonly chunkSigning?: ChunkSigning;
  };
