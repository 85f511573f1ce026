import postgres from "postgres";
import type { Config, DatabaseConfig } from "../config/config.ts";
import { DriverConnection } from "./driver_connection.ts";
import { openEmbedded } from "./embedded.ts";
import { maintain } from "./embedded_maintenance.ts";
import { serverWire } from "./server_wire.ts";
import type { Sql } from "./sql.ts";

/** An open database. */
export interface Database {
  readonly sql: Sql;
  /** Whether it runs inside this process; it then has one connection, for one thread. */
  readonly embedded: boolean;
  /** Lets running statements finish, for a few seconds, and closes. */
  close(): Promise<void>;
}

/** How long a connection attempt, and the end of running statements, may take. Seconds. */
const CONNECT_TIMEOUT = 10;
const CLOSE_TIMEOUT = 5;

/**
 * Background tasks hold a connection each, with their lock, while they work on another: a smaller
 * pool could wait for itself.
 */
const FEWEST_CONNECTIONS = 5;

/** PostgreSQL's type `bigint`, and its array. Source: `pg_type.dat`. */
const INT8 = 20;

/**
 * Connects to the configured PostgreSQL, or opens the embedded one in the data directory.
 *
 * @throws when the database cannot be reached, refuses, or is in use by another process
 */
export async function openDatabase(
  config: Pick<Config, "database" | "data_dir">,
): Promise<Database> {
  return config.database === undefined
    ? await openEmbeddedDatabase(config.data_dir)
    : await openServerDatabase(config.database);
}

async function openServerDatabase(database: DatabaseConfig): Promise<Database> {
  const open = serverWire(database, CONNECT_TIMEOUT * 1000);
  const options = {
    ...common,
    socket: () => new DriverConnection(open),
    host: database.host,
    port: database.port,
    database: database.database,
    user: database.user,
    password: database.password,
    max: Math.max(FEWEST_CONNECTIONS, database.max_conns),
    max_lifetime: database.max_conn_lifetime / 1000,
  };
  const sql = postgres(options);
  try {
    await sql`SELECT 1`;
    // The types are known now to the whole pool. A connection that is lost while it asks for them
    // again would leave the driver with a rejection that nobody can catch.
    sql.options.fetch_types = false;
    const atOnce = Math.min(database.min_conns, database.max_conns);
    await Promise.all(Array.from({ length: atOnce }, () => sql`SELECT 1`));
  } catch (error) {
    await sql.end({ timeout: 0 });
    throw error;
  }
  return { sql, embedded: false, close: () => sql.end({ timeout: CLOSE_TIMEOUT }) };
}

async function openEmbeddedDatabase(dataDir: string): Promise<Database> {
  const database = await openEmbedded(dataDir);
  const options = {
    ...common,
    socket: () => new DriverConnection(database.open),
    host: "embedded",
    port: 5432,
    database: "postgres",
    user: "postgres",
    password: "postgres",
    max: 1,
    max_lifetime: null,
  };
  const sql = postgres(options);
  const stopMaintenance = maintain(sql);
  return {
    sql,
    embedded: true,
    async close() {
      await stopMaintenance();
      await sql.end({ timeout: CLOSE_TIMEOUT });
      await database.close();
    },
  };
}

/**
 * Everything is said, so that the driver takes nothing from the environment. `socket`, which is
 * added to this, is an option that its types leave out.
 */
const common = {
  ssl: false,
  sslnegotiation: null,
  backoff: (retries: number) => Math.min(3 ** retries / 100, 5) * (0.5 + Math.random() / 2),
  keep_alive: 60,
  max_pipeline: 100,
  debug: false,
  publications: "alltables",
  connect_timeout: CONNECT_TIMEOUT,
  idle_timeout: undefined,
  prepare: true,
  fetch_types: true,
  target_session_attrs: undefined,
  connection: { application_name: "holdfast" },
  onnotice: () => {},
  types: { bigint: { to: INT8, from: [INT8], serialize: String, parse: safeInteger } },
};

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is too large for a number`);
  return value;
}
