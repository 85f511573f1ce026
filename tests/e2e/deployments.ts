/**
 * Holdfast as it is deployed: server processes over a real PostgreSQL, in front of a directory or
 * of several MinIO servers.
 *
 * @module
 */
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import postgres from "postgres";
import { s3Client, type S3Target } from "../harness/client.ts";
import { type Minio, startMinio } from "../harness/minio.ts";
import { type PostgresAddress, startPostgres } from "../harness/postgres.ts";
import { type Holdfast, startHoldfast } from "../harness/server.ts";
import { carelessStore } from "./careless_store.ts";
import { diskKeys } from "./disk_keys.ts";

export interface DeploymentOptions {
  /** Server processes over the same database and backends; 1 by default. */
  readonly servers?: number;
  /** `--threads` of each; the server's own default without it. */
  readonly threads?: number;
  /** Quota of each backend in bytes; 256 MiB by default. */
  readonly quota?: number;
  /** How many backends; only MinIO has more than one. */
  readonly backends?: number;
  /** Section `server` of the configuration. */
  readonly server?: Readonly<Record<string, string>>;
  /** Section `workers` of the configuration. */
  readonly workers?: Readonly<Record<string, string>>;
}

/** A deployment that runs, as its user `e2e` sees it. */
export interface Deployment extends S3Target, AsyncDisposable {
  /** The bucket that is there from the start. */
  readonly bucket: string;
  readonly servers: readonly Holdfast[];
  readonly sql: postgres.Sql;
  /**
   * What the backends really hold, asked past Holdfast, as `backend/key`; sorted. Uploads that are
   * under way there are listed too.
   */
  heldKeys(): Promise<string[]>;
  /** The keys of all rows, as `backend/key`; sorted. */
  knownKeys(): Promise<string[]>;
  /** Starts the server with this index again, on its port, after it was stopped or killed. */
  restart(index: number): Promise<void>;
}

/** A way to deploy. */
export interface DeploymentKind {
  readonly name: string;
  start(options?: DeploymentOptions): Promise<Deployment>;
}

/** One disk backend. */
export const DISK: DeploymentKind = {
  name: "a directory",
  start: (options) => deploy(diskBackends, options),
};

const MINIO: DeploymentKind = {
  name: "MinIO servers",
  start: (options) => deploy((given) => minioBackends(given), options),
};

/** Every test of a client runs over each of these. */
export const DEPLOYMENTS: readonly DeploymentKind[] = [DISK, MINIO];

/** What holds without any help of a backend is tested over these too. */
export const CARELESS_DEPLOYMENTS: readonly DeploymentKind[] = [...DEPLOYMENTS, {
  name: "an S3 store that passes over If-None-Match",
  start: (options) => deploy((given) => minioBackends(given, carelessStore), options),
}];

/** Backends, as the configuration names them and as they are looked into. */
interface Backends extends AsyncDisposable {
  readonly config: readonly Readonly<Record<string, unknown>>[];
  heldKeys(): Promise<string[]>;
}

const MIB = 1024 * 1024;
const USER = { accessKeyId: "E2EACCESSKEY", secretAccessKey: "e2e/secret+key" };
const BUCKET = "unified";

async function deploy(
  startBackends: (options: DeploymentOptions) => Promise<Backends>,
  options: DeploymentOptions = {},
): Promise<Deployment> {
  const resources = new AsyncDisposableStack();
  try {
    const cluster = resources.use(await startPostgres());
    const database = await cluster.createDatabase();
    const backends = resources.use(await startBackends(options));
    const config = configuration(database, backends, options);
    const servers: Holdfast[] = [];
    resources.defer(async () => {
      await Promise.all(servers.map((server) => server.stop()));
    });
    const { threads } = options;
    for (let index = 0; index < (options.servers ?? 1); index++) {
      servers.push(await startHoldfast({ config, threads }));
    }
    const sql = postgres(database.url, { max: 2, onnotice: () => {} });
    resources.defer(() => sql.end());
    return {
      endpoint: servers[0]?.endpoint ?? "",
      ...USER,
      bucket: BUCKET,
      servers,
      sql,
      heldKeys: () => backends.heldKeys(),
      knownKeys: () => knownKeys(sql),
      restart: async (index) => {
        const port = servers[index]?.port;
        servers[index] = await startHoldfast({ config, threads, port });
      },
      [Symbol.asyncDispose]: () => resources.disposeAsync(),
    };
  } catch (error) {
    await resources.disposeAsync();
    throw error;
  }
}

function configuration(
  { host, port, user, password, database }: PostgresAddress,
  backends: Backends,
  options: DeploymentOptions,
): Readonly<Record<string, unknown>> {
  const { accessKeyId: access_key_id, secretAccessKey: secret_access_key } = USER;
  return {
    database: { host, port, user, password, database },
    users: [{
      name: "e2e",
      credentials: [{ access_key_id, secret_access_key }],
      buckets: [BUCKET],
      create_buckets: true,
    }],
    backends: backends.config,
    placement: "spread",
    server: options.server ?? {},
    workers: options.workers ?? {},
  };
}

async function knownKeys(sql: postgres.Sql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    SELECT backend_name || '/' || backend_key AS name FROM object_locations`;
  return rows.map((row) => row.name).sort();
}

async function diskBackends({ quota = 256 * MIB }: DeploymentOptions): Promise<Backends> {
  const path = await Deno.makeTempDir({ prefix: "holdfast-objects-" });
  return {
    config: [{ type: "disk", name: "disk", path, quota_bytes: quota }],
    heldKeys: async () => (await diskKeys(path)).map((key) => `disk/${key}`).sort(),
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

async function minioBackends(
  { quota = 256 * MIB, backends = 3 }: DeploymentOptions,
  inFrontOf?: (store: S3Target) => Promise<S3Target & AsyncDisposable>,
): Promise<Backends> {
  const resources = new AsyncDisposableStack();
  try {
    const servers: Minio[] = [];
    const addressed: S3Target[] = [];
    for (let index = 0; index < backends; index++) {
      const server = resources.use(await startMinio({ buckets: ["store"] }));
      servers.push(server);
      addressed.push(inFrontOf ? resources.use(await inFrontOf(server)) : server);
    }
    return {
      config: addressed.map(({ endpoint, accessKeyId, secretAccessKey }, index) => ({
        type: "s3",
        name: `minio-${index}`,
        endpoint,
        bucket: "store",
        access_key_id: accessKeyId,
        secret_access_key: secretAccessKey,
        force_path_style: true,
        quota_bytes: quota,
      })),
      heldKeys: async () => {
        const held = await Promise.all(servers.map(async (server) => [
          ...await keysOf(server),
          ...await server.uploads(),
        ]));
        return held.flatMap((keys, index) => keys.map((key) => `minio-${index}/${key}`)).sort();
      },
      [Symbol.asyncDispose]: () => resources.disposeAsync(),
    };
  } catch (error) {
    await resources.disposeAsync();
    throw error;
  }
}

async function keysOf(server: S3Target): Promise<string[]> {
  const client = s3Client(server);
  try {
    const keys: string[] = [];
    let token: string | undefined;
    do {
      const page = await client.send(
        new ListObjectsV2Command({ Bucket: "store", ContinuationToken: token }),
      );
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key);
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return keys;
  } finally {
    client.destroy();
  }
}
