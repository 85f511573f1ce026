import type { Storage } from "../storage/storage.ts";
import { FileLog } from "./file_log.ts";
import type { EventLog } from "./event_log.ts";
import type { BucketLogLocation, FileLogLocation, LogLocation } from "../config/log_location.ts";
import type { LogObjects } from "./log_objects.ts";
import { DirectoryObjects } from "./objects/directory.ts";
import { S3Objects, type S3ObjectsOptions } from "./objects/s3.ts";
import { StorageObjects } from "./objects/storage.ts";
import { S3Log } from "./s3_log.ts";
import type { LogPosition } from "./verifier.ts";

/** A log that is open, and the objects beside it. */
export interface OpenedLog extends AsyncDisposable {
  readonly log: EventLog;
  /** Where checkpoints and tiles are. */
  readonly objects: LogObjects;
  /** What their keys begin with, without a slash at its end; `""` for nothing. */
  readonly prefix: string;
  /** For messages: a path, or `s3://bucket/prefix`. */
  readonly name: string;
}

/** What a log is opened with. */
export interface OpenLogOptions {
  /** Told where a line that a crash left unfinished was put aside. */
  readonly onTornLine?: (keptAt: string) => void;
  /** Told why a file that is long enough stays as it is; once, until one is rotated again. */
  readonly onRotationFailure?: (error: unknown) => void;
  /** What was verified before: appending does not verify it again. */
  readonly trusted?: LogPosition;
  /**
   * Tells what was verified before of a log of objects, out of the objects beside it: reading all of
   * it again takes a request for each event.
   */
  readonly trustOf?: (beside: Pick<OpenedLog, "objects" | "prefix">) => Promise<LogPosition>;
  /** What a log of kind `holdfast` is kept in. */
  readonly storage?: Storage;
  /** Of a log of kind `s3`; where the SDK usually looks without it. */
  readonly credentials?: S3ObjectsOptions["credentials"];
  /** How long the store of a log of kind `s3` may take to answer, in milliseconds; 30 s without it. */
  readonly answerLimit?: number;
}

/** Behind the path of a log in a file: the directory with the objects beside it. */
const OBJECTS_DIRECTORY = ".objects";

/**
 * Opens a log. Nothing is read or written yet.
 *
 * @throws {Error} for one of kind `holdfast` without its storage
 */
export function openLog(location: LogLocation, options: OpenLogOptions = {}): OpenedLog {
  return location.kind === "file"
    ? openFileLog(location, options)
    : openObjectLog(location, options);
}

function openFileLog(location: FileLogLocation, options: OpenLogOptions) {
  const { path } = location;
  const { onTornLine, onRotationFailure, trusted } = options;
  const log = new FileLog({ ...location, onTornLine, onRotationFailure, trusted });
  return opened(log, new DirectoryObjects(`${path}${OBJECTS_DIRECTORY}`), "", path);
}

function openObjectLog(location: BucketLogLocation, options: OpenLogOptions): OpenedLog {
  const { bucket, prefix, headKey } = location;
  const { trustOf, trusted } = options;
  const objects = objectsOf(location, options);
  const log = new S3Log({
    objects,
    prefix,
    headKey,
    trusted: trusted ?? (trustOf && (() => trustOf({ objects, prefix }))),
  });
  return opened(log, objects, prefix, `s3://${bucket}${prefix === "" ? "" : `/${prefix}`}`);
}

function objectsOf(
  location: BucketLogLocation,
  { storage, credentials, answerLimit }: OpenLogOptions,
): LogObjects {
  if (location.kind === "s3") return new S3Objects({ ...location, credentials, answerLimit });
  if (storage !== undefined) return new StorageObjects(storage, location.bucket);
  throw new Error(
    `the log in the bucket ${location.bucket} is inside a server: elsewhere it is reached as a ` +
      "log of kind s3, through the server's endpoint",
  );
}

function opened(log: EventLog, objects: LogObjects, prefix: string, name: string): OpenedLog {
  return {
    log,
    objects,
    prefix,
    name,
    async [Symbol.asyncDispose]() {
      await log[Symbol.asyncDispose]();
      await objects[Symbol.asyncDispose]();
    },
  };
}
