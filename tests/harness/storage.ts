import { migrate } from "../../src/metadata/migrate.ts";
import { ensureBuckets } from "../../src/metadata/buckets.ts";
import { syncQuotaLimits } from "../../src/metadata/quotas.ts";
import { openDatabase } from "../../src/metadata/connect.ts";
import type { Sql } from "../../src/metadata/sql.ts";
import type { Backend } from "../../src/backends/backend.ts";
import { DiskBackend } from "../../src/backends/disk.ts";
import { Storage } from "../../src/storage/storage.ts";
import type { PutObject, Upload } from "../../src/storage/requests.ts";
import { type PostgresAddress, startPostgres } from "./postgres.ts";

/** A storage room over a database of its own, with the bucket `b`. */
export interface StorageFixture extends AsyncDisposable {
  readonly storage: Storage;
  readonly sql: Sql;
  readonly backends: readonly Backend[];
  readonly address: PostgresAddress;
  /** Another process's view: a second pool and a second Storage over the same database and backends. */
  replica(): Promise<Storage>;
}

export interface StorageFixtureOptions {
  /** One disk backend per entry, with this many bytes of quota (0: unlimited). */
  readonly quotas?: readonly number[];
  readonly placement?: "pack" | "spread";
  /** Stands between storage and each backend: for faults. */
  readonly wrap?: (backend: Backend) => Backend;
}

/** Opens a fresh database, backends in a temporary directory, and a Storage over both. */
export async function openStorage(options: StorageFixtureOptions = {}): Promise<StorageFixture> {
  const { quotas = [0], placement = "pack", wrap = (backend) => backend } = options;
  const server = await startPostgres();
  const address = await server.createDatabase();
  const directory = await Deno.makeTempDir({ prefix: "holdfast-storage-" });
  const backends = quotas.map((_, i) => wrap(new DiskBackend(`disk${i}`, `${directory}/disk${i}`)));
  const closers: (() => Promise<void>)[] = [];

  const open = async () => {
    const database = await openDatabase({
      data_dir: directory,
      database: {
        ...address,
        ssl_mode: "disable",
        max_conns: 10,
        min_conns: 1,
        max_conn_lifetime: 300_000,
      },
    });
    closers.push(() => database.close());
    return database.sql;
  };
  const sql = await open();
  await migrate(sql, "b");
  await ensureBuckets(sql, ["b"]);
  await syncQuotaLimits(
    sql,
    backends.map((backend, i) => ({ backend: backend.name, limit: quotas[i] ?? 0 })),
  );
  const storages: Storage[] = [];
  const storageOver = (pool: Sql) => {
    const storage = new Storage({ sql: pool, backends, placement, grace: 0 });
    storages.push(storage);
    return storage;
  };

  return {
    storage: storageOver(sql),
    sql,
    backends,
    address,
    replica: async () => storageOver(await open()),
    async [Symbol.asyncDispose]() {
      await Promise.all(storages.map((storage) => storage.context.deletions.idle()));
      await Promise.all(closers.map((close) => close()));
      await Promise.all(backends.map((backend) => backend.close()));
      await Deno.remove(directory, { recursive: true });
      await server.stop();
    },
  };
}

/** An upload of these bytes; `stream` gives them in pieces that can be read once. */
export function uploadOf(
  bytes: Uint8Array,
  { stream = false, size = bytes.length as number | undefined } = {},
): Upload {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
  }
  return { size, content: stream ? pieces() : bytes, digests: () => ({}) };
}

/** A write of these bytes to the bucket `b`. */
export function write(key: string, bytes: Uint8Array, more: Partial<PutObject> = {}): PutObject {
  return {
    bucket: "b",
    key,
    owner: "o",
    headers: { metadata: {} },
    condition: { kind: "none" },
    upload: uploadOf(bytes),
    ...more,
  };
}

/** The bytes of an object, read through storage. */
export async function read(storage: Storage, key: string, bucket = "b"): Promise<Uint8Array> {
  const { body } = await storage.getObject(bucket, key, () => ({}));
  return new Uint8Array(await new Response(body).arrayBuffer());
}

/** The backend with some of its methods replaced: for faults that it will not produce on demand. */
export function overriding(backend: Backend, replaced: Partial<Backend>): Backend {
  return new Proxy(backend, {
    get(target, name) {
      const value = Reflect.get(replaced, name) ?? Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
