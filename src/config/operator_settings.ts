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

/** A variable that cannot be meant. The message names it. */
export class OperatorSettingsError extends Error {
  override readonly name = "OperatorSettingsError";
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

/** Longest time between two looks at everything, in seconds: timers know none of more than 24 days. */
const LONGEST_RESYNC = 2_000_000;

const SWITCH: Readonly<Record<string, boolean>> = {
  true: true,
  "1": true,
  false: false,
  "0": false,
};

/**
 * Reads `RYNXS_*`, `EVENT_STORE_*`, `S3_*`, `WATCH_NAMESPACE`, `POD_NAMESPACE`, `METRICS_ENABLED`,
 * `METRICS_PORT`, `LOG_LEVEL` and `LOG_FORMAT`. An empty variable is one that is not set.
 *
 * @param dataDir where a log in a file is by default
 * @throws {Error} that names the variable
 */
export function operatorSettings(environment: Environment, dataDir: string): OperatorSettings {
  const given = (name: string) => environment[name]?.trim() || undefined;
  const watchNamespace = given("WATCH_NAMESPACE");
  const signingKey = given("RYNXS_SIGNING_KEY");
  const every = wholeNumber(given, "RYNXS_CHECKPOINT_EVERY", 1_000, 1);
  return {
    election: electionSettings(environment),
    namespace: given("RYNXS_OPERATOR_NAMESPACE") ?? given("POD_NAMESPACE") ?? watchNamespace,
    watchNamespace,
    writerId: given("RYNXS_WRITER_ID"),
    runtimeClassName: given("RYNXS_RUNTIME_CLASS"),
    resync: wholeNumber(given, "RYNXS_RESYNC_SECONDS", 600, 1, LONGEST_RESYNC) * 1_000,
    log: logLocationOf(environment, dataDir),
    hashVersion: hashVersion(environment[HASH_VERSION_VARIABLE]),
    checkpoints: signingKey === undefined ? undefined : { signingKey, every },
    probes: {
      hostname: "0.0.0.0",
      port: wholeNumber(given, "METRICS_PORT", 8_080, 0, 65_535),
      metrics: oneOf(given, "METRICS_ENABLED", SWITCH, true),
    },
    logs: {
      level: oneOf(given, "LOG_LEVEL", LEVELS, "info"),
      format: oneOf(given, "LOG_FORMAT", FORMATS, "auto"),
    },
  };
}

type Given = (name: string) => string | undefined;

function wholeNumber(
  given: Given,
  name: string,
  otherwise: number,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  const written = given(name);
  if (written === undefined) return otherwise;
  const value = Number(written);
  if (/^\d+$/.test(written) && value >= least && value <= most) return value;
  throw new OperatorSettingsError(
    `${name} must be a whole number from ${least} to ${most}, not ${JSON.stringify(written)}`,
  );
}

function oneOf<T>(
  given: Given,
  name: string,
  values: Readonly<Record<string, T>>,
  otherwise: T,
): T {
  const written = given(name)?.toLowerCase();
  if (written === undefined) return otherwise;
  const value = Object.hasOwn(values, written) ? values[written] : undefined;
  if (value !== undefined) return value;
  throw new OperatorSettingsError(
    `${name} must be one of ${Object.keys(values).join(", ")}, not ${JSON.stringify(written)}`,
  );
}
