/**
 * Evidence served by its routes in this process: mounted in an app, kept in a storage on disk, with
 * its events in a log that is signed.
 *
 * @module
 */
import { Hono } from "hono";
import { evidenceRoutes } from "../../src/api/evidence/routes.ts";
import { LogPublisher } from "../../src/api/log/publishing.ts";
import { ServedLog } from "../../src/api/log/served_log.ts";
import type { ApiEnvironment } from "../../src/api/environment.ts";
import type { Scope } from "../../src/api/scopes.ts";
import { openLog } from "../../src/eventlog/open_log.ts";
import { parseJson } from "../../src/eventlog/json.ts";
import { SigningKey } from "../../src/eventlog/signing_key.ts";
import { EvidenceStore } from "../../src/evidence/evidence_store.ts";
import { evidenceChecksum } from "../../src/evidence/python_json.ts";
import { LocalStore } from "../../src/objectstore/local.ts";
import type { ObjectStore } from "../../src/objectstore/object_store.ts";
import { ORIGIN } from "../eventlog/tlog/sample_log.ts";
import { openStorage, type StorageFixture } from "../harness/storage.ts";

/** How evidence is served. */
export interface ServedEvidenceOptions {
  /** Of whoever comes; `admin` without it. */
  readonly scopes?: readonly Scope[];
  /** Whether the log is signed; it is without it. */
  readonly signed?: boolean;
  /** Milliseconds in which a client has to take some of what is sent. */
  readonly patience?: number;
  /** Stands between evidence and its objects: for faults. */
  readonly wrap?: (objects: ObjectStore) => ObjectStore;
}

/** Evidence that is served. */
export interface ServedEvidence extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Up to and with `/evidence`. */
  readonly url: string;
  readonly store: EvidenceStore;
  readonly log: ServedLog;
  /** The file of the log. */
  readonly path: string;
  readonly key: SigningKey;
  /** `name+keyid+key` */
  readonly verifierKey: string;
  readonly fixture: StorageFixture;
}

/** Serves evidence. */
export async function serveEvidence(
  options: ServedEvidenceOptions = {},
): Promise<ServedEvidence> {
  const { scopes = ["admin"], signed = true, wrap = (objects: ObjectStore) => objects } = options;
  const directory = await Deno.makeTempDir({ prefix: "holdfast-evidence-" });
  const path = `${directory}/events.jsonl`;
  const fixture = await openStorage();
  const { sql, storage } = fixture;
  const log = new ServedLog({ open: () => openLog({ kind: "file", path }), hashVersion: "v2" });
  const objects = wrap(new LocalStore({ storage, bucket: "b", region: "us-east-1" }));
  const store = new EvidenceStore({ objects, sql, log, retention: { retainDays: new Map() } });
  const key = SigningKey.generate();
  const publisher = new LogPublisher(log, { key, origin: ORIGIN });
  const app = new Hono<ApiEnvironment>();
  app.use(async (context, next) => {
    context.set("actor", { name: "tester", scopes: new Set(scopes) });
    await next();
  });
  const { patience } = options;
  app.route(
    "/",
    evidenceRoutes({
      store,
      log,
      ...signed && { publisher },
      ...patience !== undefined && { patience },
    }),
  );
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, app.fetch);
  const origin = `http://127.0.0.1:${server.addr.port}`;
  return {
    origin,
    url: `${origin}/-/api/v1/evidence`,
    store,
    log,
    path,
    key,
    verifierKey: await publisher.verifierKey(),
    fixture,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await objects.disconnect();
      await log[Symbol.asyncDispose]();
      await fixture[Symbol.asyncDispose]();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** Sends JSON, as it is written. */
export function post(
  { url }: Pick<ServedEvidence, "url">,
  body: unknown,
  below = "",
): Promise<Response> {
  return fetch(`${url}${below}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

/** Sends JSON that must be taken, and reads the answer. */
export async function posted(served: Pick<ServedEvidence, "url">, body: unknown, below = "") {
  const answer = await post(served, body, below);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status}: ${text}`);
  return JSON.parse(text);
}

/** Stores an attachment, and gives back its bytes. */
export async function attach(
  { url }: Pick<ServedEvidence, "url">,
  decisionId: string,
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await fetch(`${url}/${decisionId}/attachments/${encodeURIComponent(name)}`, {
    method: "PUT",
    headers: { "content-type": "application/pdf" },
    body: bytes,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status}: ${text}`);
  return bytes;
}

/** Puts a bundle into the bucket as a program that came before the log did; gives its key. */
export async function storeOlder(
  { store }: Pick<ServedEvidence, "store">,
  decisionId: string,
): Promise<string> {
  const key = `evidence/decision/2026/10/${decisionId}.json`;
  const text = JSON.stringify({
    decision_id: decisionId,
    evidence_type: "decision",
    version: "1.0",
    created_at: "2026-10-31T12:00:00.5",
    checksum: await evidenceChecksum(parseJson("1")),
    metadata: {},
    evidence_data: 1,
  });
  await store.context.objects.putObject(key, new TextEncoder().encode(text));
  await store.reindex();
  return key;
}
