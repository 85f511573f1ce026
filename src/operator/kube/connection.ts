import type { ClusterAccess, Credentials } from "./access.ts";
import type { Deadline } from "./deadline.ts";
import { FreshCredentials } from "./fresh_credentials.ts";
import { KubeUnreachableError } from "./kube_error.ts";
import { VERSION } from "../../version.ts";

/** What is asked of a server. */
export interface KubeRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Encoded, from its first slash on. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: { readonly type: string; readonly text: string };
}

/** As messages name a request. */
export function textOf({ method, path }: KubeRequest): string {
  return `${method} ${path}`;
}

/** Connections that wait for a next request are closed after so many milliseconds. */
const IDLE = 30_000;

/** Sends requests to one server, with the credentials of the moment. */
export class KubeConnection implements Disposable {
  readonly #server: string;
  readonly #credentials: FreshCredentials;
  #open: { readonly credentials: Credentials; readonly client: Deno.HttpClient } | undefined;

  constructor({ server, credentials }: ClusterAccess) {
    this.#server = server;
    this.#credentials = new FreshCredentials(credentials);
  }

  /**
   * Resolves with whatever answer begins in time. A server that does not accept our credentials has
   * done nothing: where there are newer ones by then, it is asked once more.
   *
   * @throws {KubeUnreachableError}
   */
  async send(request: KubeRequest, deadline: Deadline): Promise<Response> {
    const credentials = await this.#credentials.current();
    const answer = await this.#sendWith(credentials, request, deadline);
    if (answer.status !== 401) return answer;
    const newer = await this.#credentials.newerThan(credentials);
    if (newer === undefined) return answer;
    await answer.body?.cancel();
    return await this.#sendWith(newer, request, deadline);
  }

  [Symbol.dispose](): void {
    this.#open?.client.close();
    this.#open = undefined;
  }

  async #sendWith(
    credentials: Credentials,
    request: KubeRequest,
    deadline: Deadline,
  ): Promise<Response> {
    const { method, path, query, body } = request;
    const search = query === undefined ? "" : `?${new URLSearchParams(query)}`;
    const client = this.#clientFor(credentials);
    try {
      return await fetch(`${this.#server}${path}${search}`, {
        method,
        headers: headersOf(credentials, body?.type),
        body: body?.text,
        client,
        redirect: "manual",
        signal: deadline.signal,
      });
    } catch (failure) {
      throw deadline.explain(textOf(request), failure);
    }
  }

  /** Only what belongs to TLS is a reason for new connections. */
  #clientFor(credentials: Credentials): Deno.HttpClient {
    if (this.#open !== undefined && hasSameTls(this.#open.credentials, credentials)) {
      return this.#open.client;
    }
    const client = clientOf(credentials);
    this.#open?.client.close();
    this.#open = { credentials, client };
    return client;
  }
}

function headersOf({ token }: Credentials, contentType: string | undefined): HeadersInit {
  return {
    accept: "application/json",
    // What comes compressed could grow without a bound.
    "accept-encoding": "identity",
    "user-agent": `holdfast/${VERSION}`,
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(contentType === undefined ? {} : { "content-type": contentType }),
  };
}

function hasSameTls(some: Credentials, others: Credentials): boolean {
  return some.authority === others.authority &&
    some.certificate?.chain === others.certificate?.chain &&
    some.certificate?.key === others.certificate?.key;
}

function clientOf({ authority, certificate }: Credentials): Deno.HttpClient {
  try {
    return Deno.createHttpClient({
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
