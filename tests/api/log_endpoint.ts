/**
 * The log of events served by the API in this process.
 *
 * @module
 */
import { type ApiOptions, createApi } from "../../src/api/api.ts";
import { type ApiToken, ApiTokens } from "../../src/api/api_tokens.ts";
import { ServedLog } from "../../src/api/log/served_log.ts";
import { accessOf } from "../../src/api/scopes.ts";
import type { Grant } from "../../src/config/scopes.ts";
import type { HashVersion } from "../../src/eventlog/event.ts";
import type { LogLocation } from "../../src/config/log_location.ts";
import { type OpenedLog, openLog } from "../../src/eventlog/open_log.ts";
import type { Credentials } from "../../src/s3api/credentials.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { type RequestFacts, unknownRequest } from "../../src/telemetry/request_facts.ts";
import { openStorage, type StorageFixture } from "../harness/storage.ts";

/** What the log of a test is served with. */
export interface LogEndpointOptions {
  /** `off` without it: whoever comes may do everything. */
  readonly credentials?: Credentials | "off";
  readonly grants?: readonly Grant[];
  readonly tokens?: readonly ApiToken[];
  readonly hashVersion?: HashVersion;
  /** A database to share with another endpoint. */
  readonly fixture?: StorageFixture;
  /** Where the log is; in a file of its own without it. */
  readonly location?: LogLocation;
  /** For a log of kind `holdfast`. */
  readonly storage?: Storage;
  /** Milliseconds. */
  readonly stallTimeout?: number;
  /** Further options of the API, made with what the log stands on. */
  readonly api?: (parts: ApiParts) => Partial<ApiOptions> | Promise<Partial<ApiOptions>>;
  /** Stands between the API and the log: for faults, and to count. */
  readonly wrap?: (opened: OpenedLog) => OpenedLog;
}

/** What options of the API can be made with. */
export interface ApiParts {
  readonly log: ServedLog;
  readonly fixture: StorageFixture;
}

/** A served log. */
export interface LogEndpoint extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Up to and with `/log`. */
  readonly url: string;
  /** The file of the log. */
  readonly path: string;
  readonly fixture: StorageFixture;
  readonly facts: readonly RequestFacts[];
}

/** Serves a log. */
export async function serveLog(options: LogEndpointOptions = {}): Promise<LogEndpoint> {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-log-" });
  const path = `${directory}/events.jsonl`;
  const fixture = options.fixture ?? await openStorage();
  const { hashVersion = "v1", credentials = "off", wrap = (opened: OpenedLog) => opened } = options;
  const location = options.location ?? { kind: "file", path };
  const log = new ServedLog({
    open: () => wrap(openLog(location, { storage: options.storage })),
    hashVersion,
  });
  const api = createApi({
    gate: { credentials, region: "us-east-1", stallTimeout: options.stallTimeout ?? 60_000 },
    sql: fixture.sql,
    log,
    access: accessOf(options.grants ?? []),
    tokens: new ApiTokens(options.tokens ?? []),
    ...await options.api?.({ log, fixture }),
  });
  const facts: RequestFacts[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request, { remoteAddr, completed }) => {
      const known = unknownRequest();
      facts.push(known);
      return api(request, { remoteAddress: remoteAddr.hostname, facts: known, completed });
    },
  );
  const origin = `http://127.0.0.1:${server.addr.port}`;
  return {
    origin,
    url: `${origin}/-/api/v1/log`,
    path: location.kind === "file" ? location.path : path,
    fixture,
    facts,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await log[Symbol.asyncDispose]();
      if (options.fixture === undefined) await fixture[Symbol.asyncDispose]();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** An answer with its body read. */
export interface LogAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON. */
  json(): unknown;
}

/** Sends JSON, as it is written, to be appended. */
export function append(
  { url }: Pick<LogEndpoint, "url">,
  body: string | Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<LogAnswer> {
  return answered(fetch(`${url}/events`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  }));
}

/** Reads what is below `/log`. */
export function get(
  { url }: Pick<LogEndpoint, "url">,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<LogAnswer> {
  return answered(fetch(`${url}/${path}`, { headers }));
}

async function answered(fetched: Promise<Response>): Promise<LogAnswer> {
  const response = await fetched;
  const text = await response.text();
  const { headers, status } = response;
  return { status, headers, text, json: () => JSON.parse(text) };
}
