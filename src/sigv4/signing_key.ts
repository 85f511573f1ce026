/**
 * Signing keys of Signature Version 4: derived from a secret, good for one day, region and service.
 * Source: "Create a signed AWS API request", step "Calculate the signature".
 *
 * @module
 */
import { HmacKey } from "./hmac.ts";

/** A pair of keys, with the token that temporary ones need. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The only service that is signed for here. */
export const SERVICE = "s3";

/** The last segment of every credential scope. */
export const TERMINAL = "aws4_request";

/** Keys kept at most; the oldest goes first. One credential needs one or two (around midnight). */
const CACHE_LIMIT = 1_000;

/** `20130524/us-east-1/s3/aws4_request`. */
export function credentialScope(date: string, region: string): string {
  return `${date}/${region}/${SERVICE}/${TERMINAL}`;
}

/** Derives the key for a day (`YYYYMMDD`) and a region. Four HMACs: cache it where it is hot. */
export function deriveSigningKey(secret: string, date: string, region: string): HmacKey {
  const forDate = new HmacKey(new HmacKey(`AWS4${secret}`).digest(date));
  const forService = new HmacKey(new HmacKey(forDate.digest(region)).digest(SERVICE));
  return new HmacKey(forService.digest(TERMINAL));
}

/** A bounded cache of derived keys. A changed secret is never answered with its old key. */
export class SigningKeyCache {
  readonly #entries = new Map<string, { readonly secret: string; readonly key: HmacKey }>();

  /** The cached key, or `undefined`. */
  get(accessKeyId: string, secret: string, date: string, region: string): HmacKey | undefined {
    const entry = this.#entries.get(`${date}/${region}/${accessKeyId}`);
    return entry?.secret === secret ? entry.key : undefined;
  }

  /** Keeps a key, in place of the oldest one when the cache is full. */
  set(accessKeyId: string, secret: string, date: string, region: string, key: HmacKey): void {
    if (this.#entries.size >= CACHE_LIMIT) {
      const [oldest] = this.#entries.keys();
      this.#entries.delete(oldest);
    }
    this.#entries.set(`${date}/${region}/${accessKeyId}`, { secret, key });
  }
}
