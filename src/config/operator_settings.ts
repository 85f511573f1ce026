/**
 * What the environment says to an operator. Names are those of the operators that ran before.
 *
 * @module
 */
import type { HashVersion } from "../eventlog/event.ts";
import type { LogOptions } from "../telemetry/logs.ts";
import { type ElectionSettings, electionSettings } from "./election_settings.ts";
import type { Environment } from "./environment.ts";
import { HASH_VERSION_VARIABLE, hashVersion } from "./hash_version.ts";
import { type LogLocation, logLocationOf } from "./log_location.ts";
import { Variables } from "./variables.ts";

/** Everything that an operator is told. Times are milliseconds. */
export interface OperatorSettings {
  readonly election: ElectionSettings;
  /** Where the lease is; absent where nobody says, and the cluster's own configuration decides. */
  readonly namespace?: string;
  /** The only namespace whose agents are looked after; all without it. */
  readonly watchNamespace?: string;
  /** `meta.writer_id` of events; none without it. */
  readonly writerId?: string;
  /** `runtimeClassName` of agents' pods; the cluster's default without it. */
  readonly runtimeClassName?: string;
  /** How often every agent is looked at although nothing changed. */
  readonly resync: number;
  readonly log: LogLocation;
  readonly hashVersion: HashVersion;
  /** Absent: no checkpoints are made, and none is trusted. */
  readonly checkpoints?: CheckpointSettings;
  readonly probes: ProbeSettings;
  readonly logs: LogOptions;
}

/** Checkpoints of what the log has come to. */
export interface CheckpointSettings {
  /** Path of the key that signs them, in PEM. */
  readonly signingKey: string;
  /** After how many events there is another one. */
  readonly every: number;
}

/** Where `/healthz`, `/ready` and `/metrics` are. */
export interface ProbeSettings {
  readonly hostname: string;
  readonly port: number;
  /** Whether there is `/metrics`. */
  readonly metrics: boolean;
}

const LEVELS: Readonly<Record<string, LogOptions["level"]>> = {
  trace: "trace",
  debug: "debug",
  info: "info",
  warn: "warning",
  warning: "warning",
  error: "error",
  critical: "error",
};

const FORMATS: Readonly<Record<string, LogOptions["format"]>> = {
  auto: "auto",
  json: "json",
  text: "text",
};

/** Seconds between two looks at everything: timers know no longer ones than 24 days. */
const RESYNC = { otherwise: 600, least: 1, most: 2_000_000 };

const PORT = { otherwise: 8_080, least: 0, most: 65_535 };

/**
 * Reads `RYNXS_*`, `EVENT_STORE_*`, `S3_*`, `WATCH_NAMESPACE`, `POD_NAMESPACE`, `METRICS_ENABLED`,
 * `METRICS_HOST`, `METRICS_PORT`, `LOG_LEVEL` and `LOG_FORMAT`. An empty variable is one that is not set.
 *
 * @param dataDir where a log in a file is by default
 * @throws {VariableError} {@link LogLocationError}
 */
export function operatorSettings(environment: Environment, dataDir: string): OperatorSettings {
  const variables = new Variables(environment);
  const given = (name: string) => variables.text(name);
  const watchNamespace = given("WATCH_NAMESPACE");
  const signingKey = given("RYNXS_SIGNING_KEY");
  const every = variables.wholeNumber("RYNXS_CHECKPOINT_EVERY", { otherwise: 1_000, least: 1 });
  return {
    election: electionSettings(environment),
    namespace: given("RYNXS_OPERATOR_NAMESPACE") ?? given("POD_NAMESPACE") ?? watchNamespace,
    watchNamespace,
    writerId: given("RYNXS_WRITER_ID"),
    runtimeClassName: given("RYNXS_RUNTIME_CLASS"),
    resync: variables.wholeNumber("RYNXS_RESYNC_SECONDS", RESYNC) * 1_000,
    log: logLocationOf(environment, dataDir),
    hashVersion: hashVersion(environment[HASH_VERSION_VARIABLE]),
    checkpoints: signingKey === undefined ? undefined : { signingKey, every },
    probes: {
      hostname: given("METRICS_HOST") ?? "0.0.0.0",
      port: variables.wholeNumber("METRICS_PORT", PORT),
      metrics: variables.flag("METRICS_ENABLED", true),
    },
    logs: {
      level: variables.oneOf("LOG_LEVEL", LEVELS, "info"),
      format: variables.oneOf("LOG_FORMAT", FORMATS, "auto"),
    },
  };
}
