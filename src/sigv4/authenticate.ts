/**
 * Finds out who signed a request, and how its body is protected.
 *
 * @module
 */
import type { PayloadMode } from "./payload_mode.ts";

export type { ChunkSigning, PayloadMode } from "./payload_mode.ts";

/** A request as it came over the wire. */
export interface WireRequest {
  readonly method: string;
  /** Still encoded, exactly as received, without the query. */
  readonly rawPath: string;
  /** Still encoded, without `?`. */
  readonly rawQuery: string;
  readonly headers: Headers;
}

/** Who signed a request, if anyone, and how its body comes. */
export type Authentication =
  | { readonly kind: "anonymous"; readonly payload: PayloadMode }
  | {
    /** Signed in the `Authorization` header. */
    readonly kind: "header";
    readonly accessKeyId: string;
    readonly payload: PayloadMode;
    readonly signedAt: Date;
  }
  | {
    /** Signed in the query string: a presigned URL. */
    readonly kind: "query";
    readonly accessKeyId: string;
    readonly payload: PayloadMode;
    readonly signedAt: Date;
    readonly expiresAt: Date;
  };

/** What a signature is verified against. */
export interface Verifier {
  /** The secret of an access key; `undefined` when there is no such key. */
  secretFor(accessKeyId: string): string | undefined;
  /** The only region that a credential scope may name. */
  readonly region: string;
  readonly now: Date;
}
