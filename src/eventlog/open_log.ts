import { FileLog } from "./file_log.ts";
import type { EventLog } from "./event_log.ts";
import type { LogLocation } from "./log_location.ts";
import type { LogObjects } from "./log_objects.ts";
import { DirectoryObjects } from "./objects/directory.ts";

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
}

/** Behind the path of a log in a file: the directory with the objects beside it. */
const OBJECTS_DIRECTORY = ".objects";

/** Opens a log. Nothing is read or written yet. */
export function openLog(location: LogLocation, options: OpenLogOptions = {}): OpenedLog {
  if (location.kind !== "file") throw new Error("not yet");
  const { path } = location;
  const log = new FileLog({ ...location, ...options });
  const objects = new DirectoryObjects(`${path}${OBJECTS_DIRECTORY}`);
  return {
    log,
    objects,
    prefix: "",
    name: path,
    async [Symbol.asyncDispose]() {
      await log[Symbol.asyncDispose]();
      await objects[Symbol.asyncDispose]();
    },
  };
}
