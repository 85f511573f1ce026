import { VERSION } from "../../version.ts";
import type { ClusterAccess, Credentials } from "./access.ts";
import type { Deadline } from "./deadline.ts";
import { FreshCredentials } from "./fresh_credentials.ts";
import { TrustedClient } from "./trusted_client.ts";

/** What is asked of a server. */
export interface KubeRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Encoded, from its first slash on. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Whatever writes has one: without it, the runtime may send the request twice. */
  readonly body?: { readonly type: string; readonly text: string };
}

/** As messages name a request. */
export function textOf({ method, path }: KubeRequest): string {
  return `${method} ${path}`;
}

/** Sends requests to one server, with the credentials of the moment. */
export class KubeConnection implements Disposable {
  readonly #server: string;
  readonly #credentials: FreshCredentials;
  #client: TrustedClient | undefined;

  constructor({ server, credentials }: ClusterAccess) {
    this.#server = server;
    this.#credentials = new FreshCredentials(credentials);
  }

  /**
   * Resolves with whatever answer begins in time. A server that does not accept our credentials has
   * done nothing: where there are newer ones by then, it is asked once more.
   *
   * @throws {KubeUnreachableError} and what {@link Deadline.explain} makes of faults
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
    this.#client?.[Symbol.dispose]();
    this.#client = undefined;
  }

  async #sendWith(
    credentials: Credentials,
    request: KubeRequest,
    deadline: Deadline,
  ): Promise<Response> {
    const { method, path, query, body } = request;
    const search = query === undefined ? "" : `?${new URLSearchParams(query)}`;
    const client = this.#clientFor(credentials).http;
    try {
      return await fetch(`${this.#server}${path}${search}`, {
        method,
        headers: headersOf(credentials, body?.type),
        // A text would be sent again, where a connection that was used before breaks.
        body: body && new Blob([body.text]),
        client,
        redirect: "manual",
        signal: deadline.signal,
      });
    } catch (failure) {
      throw deadline.explain(textOf(request), failure);
    }
  }

  #clientFor(credentials: Credentials): TrustedClient {
    if (this.#client?.isFor(credentials)) return this.#client;
    const client = new TrustedClient(credentials);
    this.#client?.[Symbol.dispose]();
    return this.#client = client;
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
