import type { Credentials } from "./access.ts";
import { KubeUnreachableError } from "./kube_error.ts";

/** Connections that wait for a next request are closed after so many milliseconds. */
const IDLE = 30_000;

/** Connections to a server that trust one authority, and show one certificate. */
export class TrustedClient implements Disposable {
  readonly http: Deno.HttpClient;
  readonly #credentials: Credentials;

  /** @throws {KubeUnreachableError} where the certificates cannot be used */
  constructor(credentials: Credentials) {
    const { authority, certificate } = credentials;
    this.#credentials = credentials;
    try {
      this.http = Deno.createHttpClient({
        ...(authority === undefined ? {} : { caCerts: [authority] }),
        ...(certificate === undefined ? {} : { cert: certificate.chain, key: certificate.key }),
        // With one connection for everything, one that is dead would hold up every call.
        http2: false,
        poolIdleTimeout: IDLE,
      });
    } catch (cause) {
      throw new KubeUnreachableError("the certificates cannot be used", { cause });
    }
  }

  /** Whether it is the same as far as TLS goes: tokens are sent with each request. */
  isFor({ authority, certificate }: Credentials): boolean {
    return this.#credentials.authority === authority &&
      this.#credentials.certificate?.chain === certificate?.chain &&
      this.#credentials.certificate?.key === certificate?.key;
  }

  /** What is under way goes on. */
  [Symbol.dispose](): void {
    this.http.close();
  }
}
