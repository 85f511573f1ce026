/**
 * A Holdfast process for tests, server or operator: started as an operator would, with the permissions of the
 * `holdfast` task, and stopped politely or by `kill -9`.
 *
 * @module
 */
import { join } from "node:path";
import { freePort } from "./free_port.ts";
import { watchOver } from "./watchdog.ts";

export interface HoldfastOptions {
  /** The configuration file's content; `server.listen_addr` is filled in. Without it, no file. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  /** `operator` takes neither configuration nor threads; `serve` without it. */
  readonly command?: "serve" | "operator";
  /** Further arguments of the command. */
  readonly args?: readonly string[];
  /** `--threads`; the server's own default without it. */
  readonly threads?: number;
  /** Port on 127.0.0.1; a free one without it. */
  readonly port?: number;
  /** Source tree to run from; this one without it. */
  readonly source?: string;
}

/** A running server. Disposing of it is {@link Holdfast.stop}. */
export interface Holdfast extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly port: number;
  readonly pid: number;
  /** What it has printed, standard output and error together; the last 256 KiB. */
  output(): string;
  /** Whether it has ended, for whatever reason. */
  ended(): boolean;
  /** Resident memory in bytes. */
  residentBytes(): Promise<number>;
  /** Sends SIGTERM and resolves with the exit code. */
  stop(): Promise<number>;
  /** Sends SIGKILL and resolves when the process is gone. */
  kill9(): Promise<void>;
}

/** How long a start may take: an embedded database is initialised in it. Milliseconds. */
const START_LIMIT = 90_000;

/** How long a server may take to finish after SIGTERM. Milliseconds. */
const STOP_LIMIT = 45_000;

const OUTPUT_KEPT = 256 * 1024;

/** The root of this source tree. */
export const REPOSITORY = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");

/** Starts a server and resolves when it says that it is ready. Throws with its output otherwise. */
export async function startHoldfast(options: HoldfastOptions = {}): Promise<Holdfast> {
  const port = options.port ?? freePort();
  const source = options.source ?? REPOSITORY;
  const directory = await Deno.makeTempDir({ prefix: "holdfast-server-" });
  const address = `127.0.0.1:${port}`;
  const task = await holdfastTask(source);
  const { command = "serve" } = options;
  const args = [...task.args, command, ...options.args ?? []];
  if (options.config) args.push("--config", await writeConfig(directory, options.config, address));
  if (options.threads !== undefined) args.push("--threads", String(options.threads));
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd: source,
    env: {
      ...task.env,
      ...addressOf(command, options, port),
      ...options.env,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await watchOver({ pid: child.pid, signal: "KILL", directory });
  return await whenReady(child, directory, port);
}

function addressOf(
  command: HoldfastOptions["command"],
  { config }: HoldfastOptions,
  port: number,
): Record<string, string> {
  if (command === "operator") return { METRICS_PORT: String(port) };
  return config ? {} : { HOLDFAST_LISTEN: `127.0.0.1:${port}` };
}

async function whenReady(
  child: Deno.ChildProcess,
  directory: string,
  port: number,
): Promise<Holdfast> {
  const printed = new Transcript();
  const pumps = Promise.all([printed.take(child.stdout), printed.take(child.stderr)]);
  let ended = false;
  const finished = child.status.then(async (status) => {
    ended = true;
    await pumps;
    await Deno.remove(directory, { recursive: true });
    return status;
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), START_LIMIT);
  const ready = await Promise.race([printed.ready, finished.then(() => undefined)]);
  clearTimeout(timer);
  if (ready === undefined) throw new Error(`the server did not start:\n${printed.text}`);
  const stop = async () => {
    if (!ended) child.kill("SIGTERM");
    const limit = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT);
    const { code } = await finished;
    clearTimeout(limit);
    return code;
  };
  return {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    pid: child.pid,
    output: () => printed.text,
    ended: () => ended,
    residentBytes: () => residentBytes(child.pid),
    stop,
    kill9: async () => {
      if (!ended) child.kill("SIGKILL");
      await finished;
    },
    [Symbol.asyncDispose]: async () => void await stop(),
  };
}

/** How a task runs `deno`. */
export interface DenoTask {
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

/** The `holdfast` task, so that tests run under its very permissions and settings. */
export async function holdfastTask(source: string): Promise<DenoTask> {
  const manifest: { tasks?: Record<string, string | { command: string }> } = JSON.parse(
    await Deno.readTextFile(join(source, "deno.json")),
  );
  const task = manifest.tasks?.["holdfast"];
  const command = typeof task === "string" ? task : task?.command;
  const words = command?.trim().split(/\s+/) ?? [];
  const start = words.indexOf("deno");
  if (start < 0) throw new Error("deno.json has no task `holdfast` that runs deno");
  const settings = words.slice(0, start).map((word) => word.split("=", 2));
  return { env: Object.fromEntries(settings), args: words.slice(start + 1) };
}

async function writeConfig(
  directory: string,
  config: Readonly<Record<string, unknown>>,
  address: string,
): Promise<string> {
  const server = { listen_addr: address, ...Object(config["server"]) };
  const path = join(directory, "config.yaml");
  // JSON is YAML, and needs no quoting rules of its own.
  await Deno.writeTextFile(path, JSON.stringify({ ...config, server }, null, 2));
  return path;
}

/** What a process prints, watched for the line that says it is ready. */
class Transcript {
  text = "";
  readonly #ready = Promise.withResolvers<true>();
  readonly ready = this.#ready.promise;

  async take(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.text = (this.text + text).slice(-OUTPUT_KEPT);
      if (/holdfast (operator )?ready on \S+\s/.test(this.text)) this.#ready.resolve(true);
    }
  }
}

/** `ps` where there is one; Linux without it tells the same in `/proc`. Prints kibibytes. */
const RESIDENT_MEMORY =
  `ps -o rss= -p "$1" 2>/dev/null || sed -n 's/^VmRSS:[^0-9]*\\([0-9]*\\) kB$/\\1/p' "/proc/$1/status"`;

async function residentBytes(pid: number): Promise<number> {
  const args = ["-c", RESIDENT_MEMORY, "resident-memory", String(pid)];
  const { stdout } = await new Deno.Command("sh", { args }).output();
  return Number(new TextDecoder().decode(stdout).trim()) * 1024;
}
