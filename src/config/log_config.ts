import type { HashVersion } from "../eventlog/event.ts";
import { HASH_VERSION_VARIABLE, hashVersion } from "./hash_version.ts";
import { type LogLocation, logLocationOf } from "./log_location.ts";
import type { ConfigFault } from "./config_error.ts";
import type { Environment } from "./environment.ts";
import { userNames } from "./identities.ts";
import type { WrittenLog } from "./log_schema.ts";
import type { WrittenConfig } from "./schema.ts";

/** The event log, with nothing left open. */
export interface LogConfig {
  readonly location: LogLocation;
  /** Of new events. */
  readonly hashVersion: HashVersion;
  /** Names of those who may read. */
  readonly readers: readonly string[];
  /** Names of those who may append. */
  readonly writers: readonly string[];
  /** Absent where the log is not published. */
  readonly publishing?: PublishingConfig;
}

/** How the log is published. */
export interface PublishingConfig {
  /** Path of the key, in PEM. */
  readonly signingKey: string;
  readonly origin: string;
  /** Milliseconds. */
  readonly interval: number;
}

/** Where a setting comes from when the section leaves it open. */
const VARIABLES = [
  ["store", "EVENT_STORE_TYPE"],
  ["path", "EVENT_STORE_PATH"],
  ["max_bytes", "EVENT_STORE_MAX_BYTES"],
  ["max_segments", "EVENT_STORE_MAX_SEGMENTS"],
  ["bucket", "S3_BUCKET"],
  ["prefix", "S3_PREFIX"],
  ["endpoint", "S3_ENDPOINT"],
  ["region", "S3_REGION"],
  ["use_head", "RYNXS_S3_USE_HEAD"],
  ["head_key", "RYNXS_S3_HEAD_KEY"],
  ["hash_version", HASH_VERSION_VARIABLE],
] as const;

/** What the section and the environment say together of the event log, or what is wrong with it. */
export function logConfig(
  config: WrittenConfig,
  environment: Environment,
  dataDir: string,
): { readonly log: LogConfig } | { readonly faults: readonly ConfigFault[] } {
  const { log } = config;
  const settings = withSection(log, environment);
  if (isInBucket(log.store) && !settings["S3_BUCKET"]?.trim()) {
    return { faults: [{ path: "log.bucket", message: `is required with store ${log.store}` }] };
  }
  const kept = whereAndHow(settings, dataDir);
  if ("faults" in kept) return kept;
  return { log: { ...kept, ...permitted(config), publishing: publishing(log) } };
}

/** Users of the section who do not exist, and halves without the other half. */
export function checkLog(config: WrittenConfig): readonly ConfigFault[] {
  const { log } = config;
  const known = new Set(userNames(config));
  const unknown = (["readers", "writers"] as const).flatMap((list) =>
    (log[list] ?? []).flatMap((name, index) =>
      known.has(name)
        ? []
        : [{ path: `log.${list}[${index}]`, message: `there is no user "${name}"` }]
    )
  );
  if ((log.signing_key === undefined) === (log.origin === undefined)) return unknown;
  const missing = log.origin === undefined ? "origin" : "signing_key";
  return [...unknown, { path: `log.${missing}`, message: "is required with its other half" }];
}

function withSection(log: WrittenLog, environment: Environment): Environment {
  const settings = { ...environment };
  for (const [name, variable] of VARIABLES) {
    const written = log[name];
    if (written !== undefined) settings[variable] = String(written);
  }
  return settings;
}

function whereAndHow(
  settings: Environment,
  dataDir: string,
): Pick<LogConfig, "location" | "hashVersion"> | { readonly faults: readonly ConfigFault[] } {
  try {
    return {
      location: logLocationOf(settings, dataDir),
      hashVersion: hashVersion(settings[HASH_VERSION_VARIABLE]),
    };
  } catch (error) {
    // It names the variable.
    const message = error instanceof Error ? error.message : String(error);
    return { faults: [{ path: "", message }] };
  }
}

/** A single user is the one who set this up; of several, somebody has to say who is meant. */
function permitted(config: WrittenConfig): Pick<LogConfig, "readers" | "writers"> {
  const { readers, writers } = config.log;
  if (readers !== undefined || writers !== undefined) {
    return { readers: readers ?? [], writers: writers ?? [] };
  }
  const names = userNames(config);
  return names.length === 1 ? { readers: names, writers: names } : { readers: [], writers: [] };
}

function publishing(log: WrittenLog): PublishingConfig | undefined {
  const { origin, publish_interval: interval, signing_key: signingKey } = log;
  if (signingKey === undefined || origin === undefined) return undefined;
  return { signingKey, origin, interval };
}

function isInBucket(store: WrittenLog["store"]): boolean {
  return store === "s3" || store === "holdfast";
}
