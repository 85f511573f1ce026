/** A request as it came over the wire. */
export interface WireRequest {
  readonly method: string;
  /** Still encoded, exactly as received, without the query. */
  readonly rawPath: string;
  /** Still encoded, without `?`. */
  readonly rawQuery: string;
  readonly headers: Headers;
  /** The authority of the request, for one that carries no `Host` header (HTTP/2). */
  readonly authority?: string;
}

/** What a signature is verified against. */
export interface Verifier {
  /** The secret of an access key; `undefined` when there is no such key. */
  secretFor(accessKeyId: string): string | undefined;
  /** The only region that a credential scope may name. */
  readonly region: string;
  readonly now: Date;
}

/** How far a client's clock may be off, in milliseconds. */
export const MAX_CLOCK_SKEW = 15 * 60 * 1_000;

/** `2013-05-24T00:00:00Z`, as S3 writes times into its errors. */
export function formatServerTime(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}
