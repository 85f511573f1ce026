import { createApi } from "../../api/api.ts";
import { ApiTokens } from "../../api/api_tokens.ts";
import type { ServedLog } from "../../api/log/served_log.ts";
import { keepPublishing, LogPublisher, type Publishing } from "../../api/log/publishing.ts";
import { accessOf } from "../../api/scopes.ts";
import { openStores, servedLogOf, type Stores } from "../../compose.ts";
import type { Config } from "../../config/config.ts";
import type { ListenAddress } from "../../config/fields.ts";
import { healthCheck } from "../../health.ts";
import { keepQuotaGauges } from "../../quota_gauges.ts";
import { createS3Handler } from "../../s3api/handler.ts";
import { createServer } from "../../server.ts";
import { Background } from "../../storage/background.ts";
import { exportTraces } from "../../telemetry/export_traces.ts";
import { log } from "../../telemetry/logs.ts";
import { readSigningKey } from "../log/key_file.ts";
import { accessRulesOf, credentialsOf } from "./credentials.ts";
import { keepFinishing, openEvidence, type ServedEvidence } from "./evidence.ts";
import { type Certificate, listen, type Listener } from "./listener.ts";
import { warnOfOpenLogBucket } from "./log_bucket.ts";
import { turnAway } from "./turn_away.ts";

/** What a thread needs to serve. */
export interface ServingOptions {
  readonly config: Config;
  readonly address: ListenAddress;
  readonly certificate?: Certificate;
  /** The main thread prepares the database and does the background work of the process. */
  readonly role: "main" | "other";
  /** The metrics of all threads. */
  readonly metrics: () => Promise<string>;
}

/** A thread that serves. */
export interface ServingThread {
  readonly listener: Listener;
  /** Lets requests that run finish, then closes everything. */
  stop(): Promise<void>;
}

/**
 * Opens everything that requests need, and then takes them.
 *
 * @throws when the database cannot be used, the address cannot be listened on, or the key that signs
 * what is published of the log cannot be read
 */
export async function serveOnThisThread(options: ServingOptions): Promise<ServingThread> {
  const { config, role } = options;
  const stopTraces = await exportTraces(config.telemetry.tracing);
  const publishing = await publishingOf(config);
  const stores = await openStores(config, role === "main");
  if (role === "main") await warnOfOpenLogBucket(config, stores.storage);
  const stopWork = startWork(stores, options);
  const { address, certificate } = options;
  const eventLog = servedLogOf(config, stores, publishing);
  const publisher = publishing && new LogPublisher(eventLog, publishing);
  const evidence = await openEvidence(config, stores, eventLog);
  const stopBeside = role === "main"
    ? [
      keepFinishing(evidence.store, config.workers.sweep_interval),
      ...publishing ? [keepPublishing(eventLog, publishing, publisher)] : [],
    ]
    : [];
  const handler = serverOf(stores, eventLog, { ...evidence, publisher }, options);
  const listener = listen({
    address,
    certificate,
    handler,
    turnAway: (request) => turnAway(request, config.server.domain),
  });
  return {
    listener,
    async stop() {
      await listener.close(config.server.shutdown_timeout);
      await stopWork();
      await Promise.all(stopBeside.map((stop) => stop()));
      await evidence.store.context.objects.disconnect();
      await eventLog[Symbol.asyncDispose]();
      await stores.close();
      await stopTraces();
    },
  };
}

async function publishingOf({ log: { publishing } }: Config): Promise<Publishing | undefined> {
  if (publishing === undefined) return undefined;
  const { signingKey, ...rest } = publishing;
  return { key: await readSigningKey(signingKey), ...rest };
}

function serverOf(
  { backends, database, storage }: Stores,
  eventLog: ServedLog,
  { keys, ...evidence }: ServedEvidence & { readonly publisher?: LogPublisher },
  { config, metrics }: ServingOptions,
): Deno.ServeHandler<Deno.NetAddr> {
  const { server, telemetry } = config;
  const credentials = credentialsOf(config, keys);
  const gate = { region: server.region, credentials, stallTimeout: server.stall_timeout };
  return createServer({
    s3: createS3Handler({
      services: {
        storage,
        region: server.region,
        maxObjectSize: server.max_object_size,
        stallTimeout: server.stall_timeout,
      },
      credentials,
      rules: accessRulesOf(config),
      tls: server.tls !== undefined,
      domain: server.domain,
    }),
    api: createApi({
      gate,
      sql: database.sql,
      log: eventLog,
      evidence,
      access: accessOf(config.grants),
      tokens: new ApiTokens(config.api.tokens),
      limits: {
        jsonBody: config.api.max_body,
        requestsPerSecond: config.api.requests_per_second,
      },
      corsOrigins: config.api.cors_origins,
      trustedProxies: server.trusted_proxies,
    }),
    health: healthCheck(database, backends, evidence.store.context.objects),
    domain: server.domain,
    metrics: telemetry.metrics.enabled
      ? { path: telemetry.metrics.path, text: metrics }
      : undefined,
  });
}

/** Starts the work that is done beside requests. */
function startWork(
  { database, storage }: Stores,
  { config: { workers }, role }: ServingOptions,
): () => Promise<void> {
  const background = new Background(storage.context, {
    sweepInterval: workers.sweep_interval,
    intentMaxAge: workers.intent_max_age,
    deletionInterval: workers.deletion_interval,
    cleanupInterval: workers.cleanup_interval,
    multipartMaxAge: workers.multipart_max_age,
  }, (task, error) => log.warning("background work failed", { task, error }));
  background.startHeartbeat();
  if (role === "main") background.startShared();
  const stopGauges = role === "main"
    ? keepQuotaGauges(database.sql, workers.quota_metrics_interval)
    : () => {};
  return async () => {
    stopGauges();
    await background.stop();
  };
}
