/**
 * Which log a command is about.
 *
 * @module
 */
import {
  bucketLog,
  type LogLocation,
  LogLocationError,
  logLocationOf,
} from "../../config/log_location.ts";
import { type OpenedLog, openLog } from "../../eventlog/open_log.ts";
import { type CommandOption, type CommandOptions, textOption, UsageError } from "../command.ts";
import { endpointOf } from "../policy/bucket_store.ts";
import { demandLogFile } from "./log_file.ts";

/** The options that say which log. */
export const LOG_OPTIONS: Readonly<Record<string, CommandOption>> = {
  file: { value: "PATH", meaning: "A log in a file." },
  s3: { value: "s3://BUCKET/PREFIX", meaning: "A log of objects under a prefix." },
  endpoint: {
    value: "URL",
    meaning: "The store. Default: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, S3_ENDPOINT.",
  },
};

/** Prints for programs instead of people. */
export const JSON_OPTION: Readonly<Record<string, CommandOption>> = {
  json: { meaning: "Print JSON." },
};

/** What `--help` says about where the log is. */
export const WHICH_LOG_HELP = [
  "Without --file and --s3 it is the log that EVENT_STORE_TYPE, EVENT_STORE_PATH, S3_BUCKET and",
  "S3_PREFIX name, by default the file log/events.jsonl under HOLDFAST_DATA_DIR (./data).",
].join("\n");

type Environment = Readonly<Record<string, string>>;

const SCHEME = "s3://";

/**
 * Opens the log that the options name, or else the environment. Nothing is read or written yet. What
 * a crash left unfinished and an append puts aside is told on standard error.
 *
 * @throws {UsageError} for options or variables that cannot be meant
 */
export function openGivenLog(options: CommandOptions): OpenedLog {
  return openLog(locationOf(options, Deno.env.toObject()), {
    onTornLine: (keptAt) =>
      console.error(`a line that was never finished, at the log's end, was put aside: ${keptAt}`),
    onRotationFailure: (error) =>
      console.error(
        `the log's file could not be rotated: ${error instanceof Error ? error.message : error}`,
      ),
  });
}

/**
 * Opens the log as {@link openGivenLog} does, for commands that have no use for one that is not there.
 *
 * @throws {Error} where it is in a file that is not there
 */
export async function openGivenLogToRead(options: CommandOptions): Promise<OpenedLog> {
  const location = locationOf(options, Deno.env.toObject());
  if (location.kind === "file") await demandLogFile(location.path);
  return openGivenLog(options);
}

/**
 * Where the log is that the options name, or else the environment.
 *
 * @throws {UsageError} for options or variables that cannot be meant
 */
export function locationOf(options: CommandOptions, environment: Environment): LogLocation {
  const [path, address, endpoint] = ["file", "s3", "endpoint"].map((name) =>
    textOption(options, name)
  );
  if (path !== undefined && address !== undefined) {
    throw new UsageError("a log is either in a --file or in --s3");
  }
  if (endpoint !== undefined && address === undefined) {
    throw new UsageError("--endpoint says where --s3 is");
  }
  try {
    return address === undefined
      ? located(path, environment)
      : inBucket(address, endpoint, environment);
  } catch (error) {
    if (!(error instanceof LogLocationError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}

function located(path: string | undefined, environment: Environment): LogLocation {
  const dataDir = environment["HOLDFAST_DATA_DIR"] || "./data";
  if (path === "") throw new UsageError("--file must be a path");
  if (path !== undefined) {
    const named = { ...environment, EVENT_STORE_TYPE: "file", EVENT_STORE_PATH: path };
    return logLocationOf(named, dataDir);
  }
  const location = logLocationOf(environment, dataDir);
  if (location.kind !== "holdfast") return location;
  throw new UsageError(
    "EVENT_STORE_TYPE=holdfast names a log inside a server; reach it through its endpoint: " +
      `--s3 ${SCHEME}${location.bucket}/${location.prefix} --endpoint URL`,
  );
}

function inBucket(
  address: string,
  endpoint: string | undefined,
  environment: Environment,
): LogLocation {
  const slash = address.indexOf("/", SCHEME.length);
  const bucket = address.slice(SCHEME.length, slash < 0 ? undefined : slash);
  if (!address.startsWith(SCHEME) || bucket === "") {
    throw new UsageError(`--s3 ${address}: write it as ${LOG_OPTIONS["s3"]?.value}`);
  }
  // The key of a head object is that of the environment's own log.
  const { RYNXS_S3_HEAD_KEY: _, ...variables } = environment;
  return {
    ...bucketLog("s3", bucket, slash < 0 ? "" : address.slice(slash), variables),
    endpoint: endpointOf(endpoint, environment) ??
      endpointOf(environment["S3_ENDPOINT"] || undefined, environment),
  };
}
