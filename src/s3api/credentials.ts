/**
 * Who may come in, and with what.
 *
 * @module
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Principal } from "./principal.ts";

/** Somebody with a name. */
export type User = Extract<Principal, { kind: "user" }>;

/** An access key: `user.accessKeyId` with its secret. */
export interface AccessKey {
  readonly secret: string;
  readonly user: User;
}

/** The token of `X-Proxy-Token`, from before requests were signed. */
export interface ProxyToken {
  readonly token: string;
  readonly user: User;
}

/** All keys of a deployment. */
export class Credentials {
  readonly #keys: ReadonlyMap<string, AccessKey>;
  readonly #names: ReadonlySet<string>;
  readonly #proxyToken: { readonly digest: Uint8Array; readonly user: User } | undefined;

  constructor(keys: readonly AccessKey[], proxyToken?: ProxyToken) {
    this.#keys = new Map(keys.map((key) => [key.user.accessKeyId, key]));
    const users = [...keys, ...proxyToken === undefined ? [] : [proxyToken]];
    this.#names = new Set(users.map(({ user }) => user.name));
    this.#proxyToken = proxyToken &&
      { digest: digest(proxyToken.token), user: proxyToken.user };
  }

  /** The secret of an access key; `undefined` where there is no such key. */
  secretFor(accessKeyId: string): string | undefined {
    return this.#keys.get(accessKeyId)?.secret;
  }

  /** Whose access key it is. */
  userOf(accessKeyId: string): User | undefined {
    return this.#keys.get(accessKeyId)?.user;
  }

  /** Whether somebody goes by that name. */
  hasUser(name: string): boolean {
    return this.#names.has(name);
  }

  /** Whose token it is; takes the same time for every token that is wrong. */
  userOfToken(token: string): User | undefined {
    const known = this.#proxyToken;
    return known && timingSafeEqual(digest(token), known.digest) ? known.user : undefined;
  }
}

function digest(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}
