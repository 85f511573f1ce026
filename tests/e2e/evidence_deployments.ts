/**
 * Evidence as it is deployed, with a way to look at what is kept when the servers are gone.
 *
 * @module
 */
import { join } from "node:path";
import type { ServedLog } from "../../src/api/log/served_log.ts";
import { evidenceOf, openStores, servedLogOf } from "../../src/compose.ts";
import { parseConfig } from "../../src/config/config.ts";
import type { EvidenceStore } from "../../src/evidence/evidence_store.ts";
import { startMinio } from "../harness/minio.ts";
import { startPostgres } from "../harness/postgres.ts";
import { type Holdfast, startHoldfast } from "../harness/server.ts";
import { signAs } from "./log_stores.ts";

/** What is kept, as this process sees it. */
export interface KeptEvidence extends AsyncDisposable {
  readonly evidence: EvidenceStore;
  readonly log: ServedLog;
}

/** Servers that keep evidence together. */
export interface EvidenceDeployment extends AsyncDisposable {
  readonly servers: readonly Holdfast[];
  /** Starts a server again, on its port, after it was killed. */
  restart(index: number): Promise<void>;
  /** Opens what is kept. Where that is in a process itself, the server must be gone. */
  open(): Promise<KeptEvidence>;
}

/** A way to deploy. */
export interface EvidenceDeploymentKind {
  readonly name: string;
  start(): Promise<EvidenceDeployment>;
}

/** An answer to a request to store evidence. */
export interface StoredAnswer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

const TOKEN = "a-token-for-all-evidence";

const COMMON = {
  auth: { token: "a-token-that-nobody-needs" },
  api: { tokens: [{ name: "tester", token: TOKEN, scopes: ["admin"] }] },
};

/** One process that has all of it in itself: what runs without a configuration. */
export const IN_ITSELF: EvidenceDeploymentKind = {
  name: "one process that keeps all of it in itself",
  async start() {
    const directory = await Deno.makeTempDir({ prefix: "holdfast-evidence-" });
    const resources = new AsyncDisposableStack();
    resources.defer(() => Deno.remove(directory, { recursive: true }));
    const config = { ...COMMON, data_dir: join(directory, "data") };
    return await deploy(resources, { config, env: {}, processes: 1 });
  },
};

/** Two processes over one PostgreSQL, with evidence and log in buckets of MinIO. */
export const REPLICAS: EvidenceDeploymentKind = {
  name: "two processes over PostgreSQL and MinIO",
  async start() {
    const directory = await Deno.makeTempDir({ prefix: "holdfast-evidence-" });
    const resources = new AsyncDisposableStack();
    resources.defer(() => Deno.remove(directory, { recursive: true }));
    const minio = resources.use(await startMinio({ buckets: ["evidence", "logs"] }));
    const postgres = resources.use(await startPostgres());
    const { database, host, password, port, user } = await postgres.createDatabase();
    const { accessKeyId, endpoint, secretAccessKey } = minio;
    signAs(minio);
    const config = {
      ...COMMON,
      data_dir: join(directory, "data"),
      database: { host, port: String(port), database, user, password },
      log: { store: "s3", bucket: "logs", endpoint },
      evidence: {
        store: "s3",
        bucket: "evidence",
        endpoint,
        access_key_id: accessKeyId,
        secret_access_key: secretAccessKey,
      },
    };
    const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    return await deploy(resources, { config, env, processes: 2 });
  },
};

/** Sends evidence to a server. Rejects where the answer does not come. */
export async function sendEvidence(
  { endpoint }: Pick<Holdfast, "endpoint">,
  bundle: Readonly<Record<string, unknown>>,
): Promise<StoredAnswer> {
  const answer = await fetch(`${endpoint}/-/api/v1/evidence`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify(bundle),
  });
  return { status: answer.status, json: await answer.json() };
}

/** The status and the body of the evidence for a decision. */
export async function getEvidence(
  { endpoint }: Pick<Holdfast, "endpoint">,
  decisionId: string,
): Promise<StoredAnswer> {
  const answer = await fetch(`${endpoint}/-/api/v1/evidence/${decisionId}`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  return { status: answer.status, json: await answer.json() };
}

interface Deploying {
  readonly config: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string>>;
  readonly processes: number;
}

async function deploy(
  resources: AsyncDisposableStack,
  { config, env, processes }: Deploying,
): Promise<EvidenceDeployment> {
  const start = (port?: number) => startHoldfast({ config, env, port, threads: 1 });
  const servers: Holdfast[] = [];
  resources.defer(async () => {
    await Promise.all(servers.map((server) => server.stop()));
  });
  try {
    while (servers.length < processes) servers.push(await start());
  } catch (error) {
    await resources.disposeAsync();
    throw error;
  }
  return {
    servers,
    restart: async (index) => {
      servers[index] = await start(servers[index]?.port);
    },
    open: () => openKept(JSON.stringify(config)),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function openKept(written: string): Promise<KeptEvidence> {
  const config = parseConfig(written, {}, "config.yaml");
  const stores = await openStores(config, false);
  const log = servedLogOf(config, stores, undefined);
  const evidence = evidenceOf(config, stores, log);
  return {
    evidence,
    log,
    async [Symbol.asyncDispose]() {
      await evidence.context.objects.disconnect();
      await log[Symbol.asyncDispose]();
      await stores.close();
    },
  };
}
