/**
 * Puts an operator together out of its environment, and runs it.
 *
 * @module
 */
import type { Environment } from "../../config/environment.ts";
import { authorityOf } from "../../config/fields.ts";
import type { LogLocation } from "../../config/log_location.ts";
import { operatorSettings } from "../../config/operator_settings.ts";
import { VariableError } from "../../config/variables.ts";
import { openLog } from "../../eventlog/open_log.ts";
import { clusterAccess } from "../../operator/kube/cluster_access.ts";
import { KubeClient } from "../../operator/kube/kube_client.ts";
import { Operator } from "../../operator/operator.ts";
import { createProbes } from "../../operator/probes.ts";
import { configureLogs, log } from "../../telemetry/logs.ts";
import { readSigningKey } from "../log/key_file.ts";

/** How long the store of the log may take to answer: others wait for the lease. Milliseconds. */
const ANSWER_LIMIT = 10_000;

/** A log, and who writes to it. */
export interface LogAccess {
  readonly location: LogLocation;
  /** Where the SDK usually looks without them. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** What an operator is run with. */
export interface RunOperatorOptions {
  readonly environment: Environment;
  /** What the environment says without it. */
  readonly log?: LogAccess;
  /** Told the URL of the probes when they can be asked. */
  readonly onReady: (url: string) => void;
  /** Ends it: the lease is given back first. */
  readonly signal: AbortSignal;
}

/**
 * Runs an operator until the signal.
 *
 * @throws {Error} for variables, a cluster or a key that cannot be meant, and an address that is taken
 */
export async function runOperator(
  { environment, log: logAccess, onReady, signal }: RunOperatorOptions,
): Promise<void> {
  const dataDir = environment["HOLDFAST_DATA_DIR"] || "./data";
  const settings = operatorSettings(environment, dataDir);
  configureLogs(settings.logs);
  const access = await clusterAccess(environment);
  const { location = settings.log, credentials } = logAccess ?? {};
  if (location.kind === "holdfast") {
    throw new VariableError(
      "EVENT_STORE_TYPE=holdfast is a log inside a server: from elsewhere it is s3, with the " +
        "server's URL as S3_ENDPOINT",
    );
  }
  const signingKey = settings.checkpoints && await readSigningKey(settings.checkpoints.signingKey);
  using api = new KubeClient(access);
  const operator = new Operator({
    api,
    settings,
    namespace: access.namespace,
    signingKey,
    openLog: (trusted) =>
      openLog(location, {
        credentials,
        answerLimit: ANSWER_LIMIT,
        trusted,
        onTornLine: (keptAt) =>
          log.warning("a line that was never finished was put aside", { kept_at: keptAt }),
        onRotationFailure: (error) => log.warning("the log's file could not be rotated", { error }),
      }),
  });
  const { hostname, port } = settings.probes;
  const server = Deno.serve({
    hostname,
    port,
    onListen: ({ port }) => onReady(`http://${authorityOf({ hostname, port })}`),
    handler: createProbes(operator, settings.probes).fetch,
  });
  try {
    await operator.run(signal);
  } finally {
    await server.shutdown();
  }
}
