/**
 * Signing keys of Signature Version 4: derived from a secret, good for one day, region and service.
 * Source: "Create a signed AWS API request", step "Calculate the signature".
 *
 * @module
 */
import { createHmac } from "node:crypto";

/** A pair of keys, with the token that temporary ones need. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The only service that is signed for here. */
export const SERVICE = "s3";

/** Keys kept at most; the oldest goes first. One credential needs one or two (around midnight). */
const CACHE_LIMIT = 1_000;

/** `20130524/us-east-1/s3/aws4_request`. */
export function credentialScope(date: string, region: string): string {
  return `${date}/${region}/${SERVICE}/aws4_request`;
}

/** Derives the key for a day (`YYYYMMDD`) and a region. Four HMACs: cache it where it is hot. */
export function deriveSigningKey(secret: string, date: string, region: string): Uint8Array {
  const dateKey = hmac(`AWS4${secret}`, date);
  return hmac(hmac(hmac(dateKey, region), SERVICE), "aws4_request");
}

/** The signature of `text` in lower-case hex. */
export function signText(key: Uint8Array, text: string): string {
  return createHmac("sha256", key).update(text).digest("hex");
}

/** A bounded cache of derived keys. A changed secret is never answered with its old key. */
export class SigningKeyCache {
  readonly #entries = new Map<string, { readonly secret: string; readonly key: Uint8Array }>();

  /** The cached key, or `undefined`. */
  get(accessKeyId: string, secret: string, date: string, region: string): Uint8Array | undefined {
    const entry = this.#entries.get(`${date}/${region}/${accessKeyId}`);
    return entry?.secret === secret ? entry.key : undefined;
  }

  set(accessKeyId: string, secret: string, date: string, region: string, key: Uint8Array): void {
    if (this.#entries.size >= CACHE_LIMIT) {
      const [oldest] = this.#entries.keys();
      this.#entries.delete(oldest);
    }
    this.#entries.set(`${date}/${region}/${accessKeyId}`, { secret, key });
  }
}

function hmac(key: string | Uint8Array, text: string): Uint8Array {
  return createHmac("sha256", key).update(text).digest();
}
