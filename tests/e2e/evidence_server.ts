/**
 * A server process that keeps evidence in itself, and signs its log.
 *
 * @module
 */
import { join } from "node:path";
import { SigningKey } from "../../src/eventlog/signing_key.ts";
import { verifierKey, verifierKeyText } from "../../src/eventlog/verify/note.ts";
import { startHoldfast } from "../harness/server.ts";

/** A running server. Disposing of it ends it, and removes all that it kept. */
export interface EvidenceServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** Up to and with `/evidence`. */
  readonly url: string;
  /** Opens everything. */
  readonly token: string;
  /** The key of the log, as it is handed round. */
  readonly verifierKey: string;
  /** Of this test alone. */
  readonly directory: string;
  /** Resident memory in bytes. */
  residentBytes(): Promise<number>;
}

/** Name of the log. */
export const LOG_ORIGIN = "evidence.example/log";

const TOKEN = "a-token-for-all-evidence";

/** Starts a server; pages of some origins may use it. */
export async function startEvidenceServer(
  { corsOrigins = [] }: { readonly corsOrigins?: readonly string[] } = {},
): Promise<EvidenceServer> {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-evidence-" });
  const key = SigningKey.generate();
  const keyFile = join(directory, "log.pem");
  await Deno.writeTextFile(keyFile, key.toPem(), { mode: 0o600 });
  const server = await startHoldfast({
    threads: 1,
    config: {
      data_dir: join(directory, "data"),
      auth: { token: "a-token-that-nobody-needs" },
      api: {
        tokens: [{ name: "tester", token: TOKEN, scopes: ["admin"] }],
        cors_origins: corsOrigins,
      },
      log: { signing_key: keyFile, origin: LOG_ORIGIN },
    },
  });
  return {
    endpoint: server.endpoint,
    url: `${server.endpoint}/-/api/v1/evidence`,
    token: TOKEN,
    verifierKey: verifierKeyText(await verifierKey(LOG_ORIGIN, key.publicKey.raw)),
    directory,
    residentBytes: () => server.residentBytes(),
    async [Symbol.asyncDispose]() {
      await server.stop();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** Sends a request with a body of JSON, as it is written, which must be answered well. */
export async function sendJson(
  { token, url }: Pick<EvidenceServer, "token" | "url">,
  path: string,
  json: string,
): Promise<Response> {
  const answer = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: json,
  });
  if (answer.ok) return answer;
  throw new Error(`${answer.status}: ${await answer.text()}`);
}
