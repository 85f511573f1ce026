/**
 * The composition root: builds what a thread, or a command, works with out of the configuration.
 *
 * @module
 */
import type { Publishing } from "./api/log/publishing.ts";
import { ServedLog } from "./api/log/served_log.ts";
import type { Backend } from "./backends/backend.ts";
import { DiskBackend } from "./backends/disk.ts";
import { observe } from "./backends/observed.ts";
import { S3Backend } from "./backends/s3.ts";
import { type BackendConfig, type Config, ConfigError } from "./config/config.ts";
import type { EvidenceStoreLocation } from "./config/evidence_config.ts";
import { configuredBuckets } from "./config/identities.ts";
import { type OpenedLog, openLog } from "./eventlog/open_log.ts";
import { publishedPosition } from "./eventlog/tlog/published_position.ts";
import { TlogFault } from "./eventlog/tlog/tlog_fault.ts";
import { BEGINNING } from "./eventlog/verifier.ts";
import type { RecordedLog } from "./evidence/event_recorder.ts";
import { EvidenceStore } from "./evidence/evidence_store.ts";
import { ensureBuckets, findBucket } from "./metadata/buckets.ts";
import { type Database, openDatabase } from "./metadata/connect.ts";
import { migrate } from "./metadata/migrate.ts";
import { syncQuotaLimits } from "./metadata/quotas.ts";
import type { Sql } from "./metadata/sql.ts";
import { LocalStore } from "./objectstore/local.ts";
import { type S3Options, s3OptionsOf, S3Store } from "./objectstore/s3.ts";
import { Storage } from "./storage/storage.ts";
import { log } from "./telemetry/logs.ts";
import { backendCalls, storageOperations } from "./telemetry/observer.ts";

/** The storage room with what it stands on. */
export interface Stores extends AsyncDisposable {
  readonly database: Database;
  /** In the order of the configuration. */
  readonly backends: readonly Backend[];
  readonly storage: Storage;
  /** Releases connections, files and the data directory. */
  close(): Promise<void>;
}

/**
 * How often, and how many seconds, a store of evidence is tried unless the configuration says otherwise:
 * somebody waits for an answer, who can try again.
 */
const EVIDENCE_PATIENCE = {
  S3_MAX_RETRIES: "2",
  S3_CONNECT_TIMEOUT: "5",
  S3_READ_TIMEOUT: "10",
};

/** How long whoever reads an object that is displaced or deleted keeps its bytes. Milliseconds. */
const READERS_GRACE = 60_000;

/**
 * Opens the database and the backends.
 *
 * @param prepare brings the database up to the configuration: schema, buckets, quotas. Once a
 *   process is enough.
 * @throws when the database cannot be used
 */
export async function openStores(config: Config, prepare: boolean): Promise<Stores> {
  const database = await openDatabase(config);
  try {
    if (prepare) await prepareDatabase(database, config);
  } catch (error) {
    await database.close();
    throw error;
  }
  const backends = config.backends.map((backend) =>
    observe(openBackend(backend, config), backendCalls)
  );
  const storage = new Storage({
    sql: database.sql,
    backends,
    placement: config.placement,
    grace: READERS_GRACE,
    observer: storageOperations,
    onDeletionFailure: ({ backend, keys, error }) =>
      log.warning("objects could not be deleted yet", { backend, keys, error }),
  });
  const close = async () => {
    await storage.context.deletions.idle();
    await Promise.all(backends.map((backend) => backend.close()));
    await database.close();
  };
  return { database, backends, storage, close, [Symbol.asyncDispose]: close };
}

async function prepareDatabase({ sql }: Database, config: Config): Promise<void> {
  await migrate(sql, config.server.virtual_bucket);
  await ensureBuckets(sql, configuredBuckets(config));
  await ensureEvidenceBucket(sql, config);
  await syncQuotaLimits(
    sql,
    config.backends.map(({ name, quota_bytes }) => ({ backend: name, limit: quota_bytes })),
  );
}

/** Who made the bucket of evidence could write over what is in it. */
async function ensureEvidenceBucket(sql: Sql, { evidence: { store } }: Config): Promise<void> {
  if (store.kind !== "holdfast") return;
  await ensureBuckets(sql, [store.bucket]);
  const owner = (await findBucket(sql, store.bucket))?.owner ?? "";
  if (owner === "") return;
  const message = `the bucket "${store.bucket}" is that of ${owner}: choose another for evidence`;
  throw new ConfigError("configuration", [{ path: "evidence.bucket", message }]);
}

/**
 * Evidence, and the objects that it is kept as.
 *
 * @param links what links into this service's own storage are signed with
 * @throws {S3OptionsError}
 */
export function evidenceOf(
  config: Config,
  { database: { sql }, storage }: Pick<Stores, "database" | "storage">,
  eventLog: RecordedLog,
  links?: LinkCredentials,
): EvidenceStore {
  const { evidence: { store, types }, server: { region } } = config;
  const objects = store.kind === "s3"
    ? new S3Store(evidenceS3Options(store))
    : new LocalStore({ storage, bucket: store.bucket, region, credentials: links });
  const retainDays = new Map(types.map(({ type, retain_days }) => [type, retain_days]));
  return new EvidenceStore({ objects, sql, log: eventLog, retention: { retainDays } });
}

/** How another store of evidence is reached. Throws `S3OptionsError`. */
export function evidenceS3Options(
  { settings }: Extract<EvidenceStoreLocation, { kind: "s3" }>,
): S3Options {
  return s3OptionsOf({ ...EVIDENCE_PATIENCE, ...settings });
}

/** An access key that this service lets in. */
export interface LinkCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Makes a backend; it connects to nothing yet. */
export function openBackend(backend: BackendConfig, { server }: Pick<Config, "server">): Backend {
  if (backend.type === "disk") return new DiskBackend(backend.name, backend.path);
  return new S3Backend({
    name: backend.name,
    endpoint: backend.endpoint,
    region: backend.region,
    bucket: backend.bucket,
    accessKeyId: backend.access_key_id,
    secretAccessKey: backend.secret_access_key,
    forcePathStyle: backend.force_path_style,
    awsChunked: backend.aws_chunked,
    timeout: server.backend_timeout,
    stallTimeout: server.backend_timeout,
  });
}

/**
 * The log of events; it is opened when it is needed.
 *
 * @param publishing whose key has signed what need not be verified again
 */
export function servedLogOf(
  { log: { hashVersion, location } }: Config,
  { storage }: Pick<Stores, "storage">,
  publishing: Publishing | undefined,
): ServedLog {
  const onTornLine = (keptAt: string) =>
    log.warning("a line that a crash left unfinished was put aside", { kept_at: keptAt });
  const onRotationFailure = (error: unknown) =>
    log.error("the file of the log of events could not be rotated, and grows on", { error });
  const trustOf = publishing && ((beside: BesideLog) => trustPublished(beside, publishing));
  return new ServedLog({
    open: () => openLog(location, { onTornLine, onRotationFailure, storage, trustOf }),
    hashVersion,
  });
}

type BesideLog = Pick<OpenedLog, "objects" | "prefix">;

/** What is published and wrong is for its publisher to tell: then nothing is trusted. */
async function trustPublished(beside: BesideLog, { key, origin }: Publishing) {
  try {
    return await publishedPosition(beside, origin, key.publicKey);
  } catch (error) {
    if (!(error instanceof TlogFault)) throw error;
    log.warning("what is published of the log is not trusted; all of it is verified", { error });
    return BEGINNING;
  }
}
