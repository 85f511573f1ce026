import type { Credentials } from "./access.ts";
import { KubeUnreachableError } from "./kube_error.ts";

/** Connections that wait for a next request are closed after so many milliseconds. */
const IDLE = 30_000;

/**
 * What means the same when it comes twice: an apply makes fields what they are already, and a PUT
 * names the version that it replaces, which is gone by then.
 */
const REPEATABLE: ReadonlySet<string> = new Set(["GET", "PATCH", "PUT"]);

/**
 * Connections to a server with one identity. The runtime's `fetch` sends a request again, whatever its
 * method is, where a connection that was used before breaks; so what must not come twice gets a new
 * one each time. A handshake takes some thirty times as long as an apply.
 */
export class HttpClients implements Disposable {
  readonly #credentials: Credentials;
  readonly #kept: Deno.HttpClient;
  readonly #fresh: Deno.HttpClient;

  /** @throws {KubeUnreachableError} where the certificates cannot be used */
  constructor(credentials: Credentials) {
    this.#credentials = credentials;
    try {
      this.#kept = Deno.createHttpClient({ ...tlsOf(credentials), poolIdleTimeout: IDLE });
      this.#fresh = Deno.createHttpClient({ ...tlsOf(credentials), poolMaxIdlePerHost: 0 });
    } catch (cause) {
      throw new KubeUnreachableError("the certificates cannot be used", { cause });
    }
  }

  /** Whether these are the same as far as TLS goes: tokens are sent with each request. */
  areFor({ authority, certificate }: Credentials): boolean {
    return this.#credentials.authority === authority &&
      this.#credentials.certificate?.chain === certificate?.chain &&
      this.#credentials.certificate?.key === certificate?.key;
  }

  /** @param method of HTTP */
  for(method: string): Deno.HttpClient {
    return REPEATABLE.has(method) ? this.#kept : this.#fresh;
  }

  /** What is under way goes on. */
  [Symbol.dispose](): void {
    this.#kept.close();
    this.#fresh.close();
  }
}

function tlsOf({ authority, certificate }: Credentials) {
  return {
    ...(authority === undefined ? {} : { caCerts: [authority] }),
    ...(certificate === undefined ? {} : { cert: certificate.chain, key: certificate.key }),
    // With one connection for everything, one that is dead would hold up every call.
    http2: false,
  };
}
