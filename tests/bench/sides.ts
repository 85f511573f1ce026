/**
 * The two sides of every comparison: MinIO, and Holdfast in front of that same MinIO with a real
 * PostgreSQL that syncs to disk.
 *
 * @module
 */
import postgres from "postgres";
import type { S3Target } from "../harness/client.ts";
import { startMinio } from "../harness/minio.ts";
import { startPostgres } from "../harness/postgres.ts";
import { type Holdfast, startHoldfast } from "../harness/server.ts";

/** A side: where to send requests, and the bucket to use there. */
export interface Side extends S3Target {
  readonly name: "MinIO" | "Holdfast";
  readonly bucket: string;
}

export interface Sides extends AsyncDisposable {
  readonly direct: Side;
  readonly holdfast: Side;
  readonly server: Holdfast;
  readonly sql: postgres.Sql;
}

const KEY = { access_key_id: "BENCHKEY", secret_access_key: "bench-secret" };

/** Starts everything. Holdfast runs with its defaults: a thread per core. */
export async function startSides(): Promise<Sides> {
  const resources = new AsyncDisposableStack();
  try {
    const minio = resources.use(await startMinio({ buckets: ["direct", "store"] }));
    const cluster = resources.use(await startPostgres({ durable: true }));
    const { url, host, port, user, password, database } = await cluster.createDatabase();
    const server = resources.use(
      await startHoldfast({
        config: {
          database: { host, port, user, password, database },
          users: [{
            name: "bench",
            credentials: [KEY],
            buckets: ["unified"],
            create_buckets: true,
          }],
          backends: [{
            type: "s3",
            name: "minio",
            endpoint: minio.endpoint,
            bucket: "store",
            access_key_id: minio.accessKeyId,
            secret_access_key: minio.secretAccessKey,
            force_path_style: true,
          }],
        },
      }),
    );
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    resources.defer(() => sql.end());
    const { endpoint } = server;
    const [accessKeyId, secretAccessKey] = [KEY.access_key_id, KEY.secret_access_key];
    return {
      direct: { ...minio, name: "MinIO", bucket: "direct" },
      holdfast: { name: "Holdfast", bucket: "unified", endpoint, accessKeyId, secretAccessKey },
      server,
      sql,
      [Symbol.asyncDispose]: () => resources.disposeAsync(),
    };
  } catch (error) {
    await resources.disposeAsync();
    throw error;
  }
}
