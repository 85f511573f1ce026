import { type Config, loadConfig } from "../config/config.ts";
import { defaultConfig } from "../config/default_config.ts";
import { authenticationIsOff } from "../config/identities.ts";
import { expose, snapshot } from "../telemetry/aggregate.ts";
import { configureLogs, flushLogs, log } from "../telemetry/logs.ts";
import { type Command, EXIT, type ExitCode, textOption, UsageError } from "./command.ts";
import { readCertificate, watchCertificate } from "./serve/certificate_files.ts";
import { type Companion, startCompanion } from "./serve/companion.ts";
import { companionPlan } from "./serve/companion_plan.ts";
import { endpointOf, greeting } from "./serve/greeting.ts";
import { demandFree } from "./serve/listener.ts";
import { withKeptSigningKey } from "./serve/kept_signing_key.ts";
import { Backoff } from "./serve/backoff.ts";
import { serveOnThisThread } from "./serve/serving_thread.ts";
import { AskedToEnd, surviveStrayRejections } from "./serve/signals.ts";
import { startThreads, type Threads } from "./serve/threads.ts";

export const command: Command = {
  summary: "Serve S3.",
  description: [
    "Without --config: on HOLDFAST_LISTEN (127.0.0.1:9000), with everything under HOLDFAST_DATA_DIR",
    "(./data), and with the credential HOLDFAST_ACCESS_KEY_ID and HOLDFAST_SECRET_ACCESS_KEY, or",
    "one that is made at the first start.",
  ].join("\n"),
  options: {
    config: { value: "FILE", meaning: "Configuration, in YAML." },
    threads: {
      value: "N",
      meaning: "Threads that serve. Default: one per core; one with the embedded database.",
    },
    operator: {
      meaning: "Run the operator as well, beside the server; see holdfast operator --help.",
    },
  },
  async run(options) {
    const path = textOption(options, "config");
    const wanted = threadCount(textOption(options, "threads"));
    const environment = Deno.env.toObject();
    const config = path === undefined
      ? await withKeptSigningKey(await defaultConfig(environment))
      : await loadConfig(path, environment);
    configureLogs(config.telemetry.logs);
    surviveStrayRejections();
    const serving = { wanted, isDefault: path === undefined, asked: new AskedToEnd() };
    try {
      return options["operator"] === true
        ? await serveWithOperator(config, serving)
        : await serve(config, serving);
    } finally {
      flushLogs();
    }
  },
};

interface ServeOptions {
  /** How many threads. */
  readonly wanted?: number;
  /** Whether there is no configuration file. */
  readonly isDefault: boolean;
  readonly asked: Pick<AskedToEnd, "signal">;
  /** Called when requests are taken. */
  readonly onReady?: () => void;
}

/** A server that fails is started again: the operator goes on meanwhile, and the other way round. */
async function serveWithOperator(config: Config, options: ServeOptions): Promise<ExitCode> {
  const plan = await companionPlan(config, Deno.env.toObject());
  const backoff = new Backoff();
  const beside: { operator?: Companion } = {};
  const ending = new AbortController();
  const onReady = () => {
    if (beside.operator !== undefined) return;
    const operator = beside.operator = startCompanion(plan, announceOperator);
    const { signal } = options.asked;
    // The operator may need the server to the end: what it has begun, it records there.
    const end = () => operator.stop().finally(() => ending.abort(signal.reason));
    signal.addEventListener("abort", end, { once: true });
  };
  try {
    for (;;) {
      try {
        return await backoff.of(() => serve(config, { ...options, asked: ending, onReady }));
      } catch (error) {
        // What cannot even start is no failure to recover from.
        if (beside.operator === undefined) throw error;
        log.error("the server failed, and is started again", { error });
        await backoff.wait(options.asked.signal);
        if (options.asked.signal.aborted) return EXIT.failed;
      }
    }
  } finally {
    await beside.operator?.stop();
  }
}

/** Serves until a signal; throws where a thread fails. */
async function serve(config: Config, { asked, wanted, isDefault, onReady }: ServeOptions) {
  const count = threadsFor(config, wanted);
  const own = shareOfConnections(config, count);
  const { tls } = config.server;
  const certificate = tls && await readCertificate(tls);
  demandFree(config.server.listen_addr);

  // Requests may ask for metrics before the other threads are there.
  const others: { threads?: Threads } = {};
  const metrics = async () => await others.threads?.metrics() ?? await expose([await snapshot()]);
  const main = await serveOnThisThread({
    config: own,
    address: config.server.listen_addr,
    certificate,
    role: "main",
    metrics,
  });
  const failure = Promise.withResolvers<Error>();
  const address = { ...config.server.listen_addr, port: main.listener.port };
  const start = { config: own, address, certificate };
  const threads = others.threads = await startThreads(count - 1, start, failure.resolve);
  const stopWatching = tls && watchCertificate(tls, (next) => {
    main.listener.use(next);
    threads.use(next);
    log.info("the certificate was read again");
  }, (error) => log.error("the certificate could not be read again", { error }));

  announce(config, address.port, isDefault);
  onReady?.();
  const end = await Promise.race([aborted(asked.signal), failure.promise]);
  log.info("shutting down", { reason: end instanceof Error ? end.message : end });
  stopWatching?.();
  await Promise.all([threads.stop(), main.stop()]);
  if (end instanceof Error) throw end;
  return EXIT.ok;
}

/** @returns the reason */
function aborted(signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(signal.reason);
    signal.addEventListener("abort", () => resolve(signal.reason), { once: true });
  });
}

function threadCount(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 256) return count;
  throw new UsageError("--threads must be a number from 1 to 256");
}

function threadsFor(config: Config, wanted = config.server.threads): number {
  if (config.database !== undefined) return wanted ?? navigator.hardwareConcurrency;
  if (wanted !== undefined && wanted > 1) {
    log.warning(
      "the embedded database serves one thread; --threads has no effect without database",
    );
  }
  return 1;
}

/** `max_conns` is for the whole process: what a server has room for does not depend on our cores. */
function shareOfConnections(config: Config, threads: number): Config {
  if (config.database === undefined) return config;
  const { max_conns, min_conns } = config.database;
  const share = (whole: number) => Math.ceil(whole / threads);
  const database = {
    ...config.database,
    max_conns: share(max_conns),
    min_conns: share(min_conns),
  };
  return { ...config, database };
}

function announce(config: Config, port: number, isDefault: boolean): void {
  const endpoint = endpointOf(config, port);
  if (authenticationIsOff(config)) {
    log.warning(
      "AUTHENTICATION IS OFF: whoever reaches {endpoint} may read, write and delete everything. " +
        "Configure auth, buckets or users to switch it on.",
      { endpoint },
    );
  }
  flushLogs();
  console.log(greeting(config, endpoint, isDefault));
  console.log(`holdfast ready on ${endpoint}`);
}

function announceOperator(url: string): void {
  console.log(`holdfast operator ready on ${url}`);
}
