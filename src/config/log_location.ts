/**
 * Where a log is kept, as the environment of existing operators says it.
 *
 * @module
 */
import { join } from "node:path";

/** A log in a file. */
export interface FileLogLocation {
  readonly kind: "file";
  readonly path: string;
  /** A file that has this many bytes is rotated into a segment; never without it. */
  readonly maxBytes?: number;
  /** Most segments: then the file is not rotated any more. No bound without it. */
  readonly maxSegments?: number;
}

/** A log of objects under a prefix. */
export interface BucketLogLocation {
  /** `s3`: in any S3 store; `holdfast`: in a bucket of the process itself. */
  readonly kind: "s3" | "holdfast";
  readonly bucket: string;
  /** Without slashes at its ends; `""` for the whole bucket. */
  readonly prefix: string;
  /** URL; AWS S3 without it. */
  readonly endpoint?: string;
  readonly region?: string;
  /** Key of the head object; absent where none is kept. */
  readonly headKey?: string;
}

/** Where a log is kept. */
export type LogLocation = FileLogLocation | BucketLogLocation;

/** A variable that cannot be meant. The message names it. */
export class LogLocationError extends Error {
  override readonly name = "LogLocationError";
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a log is kept unless `S3_PREFIX` says otherwise. */
const DEFAULT_PREFIX = "events";

/**
 * Where the environment says that the log is: `EVENT_STORE_TYPE` (`file`, `s3`, `holdfast`),
 * `EVENT_STORE_PATH`, `EVENT_STORE_MAX_BYTES`, `EVENT_STORE_MAX_SEGMENTS`, `S3_BUCKET`, `S3_PREFIX`,
 * `S3_ENDPOINT`, `S3_REGION`, `RYNXS_S3_USE_HEAD`, `RYNXS_S3_HEAD_KEY`.
 *
 * @param dataDir where a log in a file is by default: `DATA_DIR/log/events.jsonl`
 * @throws {LogLocationError}
 */
export function logLocationOf(environment: Environment, dataDir: string): LogLocation {
  const kind = given(environment, "EVENT_STORE_TYPE") ?? "file";
  if (kind === "file") {
    return {
      kind,
      path: given(environment, "EVENT_STORE_PATH") ?? join(dataDir, "log", "events.jsonl"),
      maxBytes: count(environment, "EVENT_STORE_MAX_BYTES"),
      maxSegments: count(environment, "EVENT_STORE_MAX_SEGMENTS"),
    };
  }
  if (kind !== "s3" && kind !== "holdfast") {
    throw new LogLocationError(
      `EVENT_STORE_TYPE must be file, s3 or holdfast, not ${JSON.stringify(kind)}`,
    );
  }
  const bucket = given(environment, "S3_BUCKET");
  if (bucket === undefined) {
    throw new LogLocationError(`S3_BUCKET is required with EVENT_STORE_TYPE=${kind}`);
  }
  return bucketLog(kind, bucket, given(environment, "S3_PREFIX") ?? DEFAULT_PREFIX, environment);
}

/** A log under a prefix, with what the environment says of endpoint, region and head object. */
export function bucketLog(
  kind: BucketLogLocation["kind"],
  bucket: string,
  writtenPrefix: string,
  environment: Environment,
): BucketLogLocation {
  const prefix = writtenPrefix.replace(/^\/+/, "").replace(/\/+$/, "");
  const usesHead = flag(environment, "RYNXS_S3_USE_HEAD", true);
  return {
    kind,
    bucket,
    prefix,
    endpoint: given(environment, "S3_ENDPOINT"),
    region: given(environment, "S3_REGION"),
    headKey: usesHead
      ? given(environment, "RYNXS_S3_HEAD_KEY") ?? keyUnder(prefix, "_head.json")
      : undefined,
  };
}

/** The key of something under a log's prefix. */
export function keyUnder(prefix: string, name: string): string {
  return prefix === "" ? name : `${prefix}/${name}`;
}

/** An empty variable is one that is not set. */
function given(environment: Environment, name: string): string | undefined {
  return environment[name]?.trim() || undefined;
}

/** A whole number from 1 on; 0 and nothing are no bound. */
function count(environment: Environment, name: string): number | undefined {
  const written = given(environment, name);
  if (written === undefined) return undefined;
  const value = Number(written);
  if (!/^\d+$/.test(written) || !Number.isSafeInteger(value)) {
    throw new LogLocationError(`${name} must be a whole number, not ${JSON.stringify(written)}`);
  }
  return value === 0 ? undefined : value;
}

function flag(environment: Environment, name: string, otherwise: boolean): boolean {
  const written = given(environment, name)?.toLowerCase();
  if (written === undefined) return otherwise;
  if (written === "true" || written === "false") return written === "true";
  throw new LogLocationError(`${name} must be true or false, not ${JSON.stringify(written)}`);
}
