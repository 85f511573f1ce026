/**
 * Logs that evidence is recorded in, each with a way to open it as another process would.
 *
 * @module
 */
import { join } from "node:path";
import { ServedLog } from "../../src/api/log/served_log.ts";
import { LogStoreError } from "../../src/eventlog/log_objects.ts";
import { DirectoryObjects } from "../../src/eventlog/objects/directory.ts";
import { type OpenedLog, openLog } from "../../src/eventlog/open_log.ts";
import { S3Log } from "../../src/eventlog/s3_log.ts";
import type { StoredRecord } from "../../src/eventlog/stored_record.ts";
import type { RecordedLog } from "../../src/evidence/event_recorder.ts";

/** A log with nothing in it. */
export interface LogPlace extends AsyncDisposable {
  /** Opens it, as one process does; closed with the place. */
  open(): ServedLog;
}

/** A kind of log. */
export interface LogKind {
  readonly name: string;
  start(): Promise<LogPlace>;
}

/** One file. */
export const FILE_LOG: LogKind = {
  name: "a file",
  start: () => placeIn((directory) => openLog({ kind: "file", path: join(directory, "events") })),
};

/** An object for each event, as in S3. */
export const OBJECT_LOG: LogKind = {
  name: "objects",
  start: () => placeIn(openObjects),
};

/** Both kinds. */
export const LOG_KINDS: readonly LogKind[] = [FILE_LOG, OBJECT_LOG];

async function placeIn(open: (directory: string) => OpenedLog): Promise<LogPlace> {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-recorded-" });
  const opened: ServedLog[] = [];
  return {
    open() {
      const log = new ServedLog({ open: () => open(directory), hashVersion: "v2" });
      opened.push(log);
      return log;
    },
    async [Symbol.asyncDispose]() {
      for (const log of opened) await log[Symbol.asyncDispose]();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

function openObjects(directory: string): OpenedLog {
  const objects = new DirectoryObjects(directory);
  const log = new S3Log({ objects, prefix: "events" });
  return {
    log,
    objects,
    prefix: "events",
    name: directory,
    [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
  };
}

/** What becomes of an append. `late`: it is refused, and happens when somebody says so. */
export type AppendFate = "done" | "lost" | "ghost" | "late";

/** A log whose appends do not all end well. */
export class FaultyLog implements RecordedLog {
  /** Appends that have been refused and are still under way. */
  readonly late: (() => Promise<unknown>)[] = [];
  readonly #log: RecordedLog;
  readonly #fate: () => AppendFate;

  constructor(log: RecordedLog, fate: () => AppendFate) {
    this.#log = log;
    this.#fate = fate;
  }

  head() {
    return this.#log.head();
  }

  records(fromSeq: number, toSeq?: number) {
    return this.#log.records(fromSeq, toSeq);
  }

  async append(event: Parameters<RecordedLog["append"]>[0]) {
    const fate = this.#fate();
    if (fate === "done") return await this.#log.append(event);
    if (fate === "ghost") await this.#log.append(event);
    if (fate === "late") this.late.push(() => this.#log.append(event));
    throw new LogStoreError("NetworkError", `the append is ${fate}`);
  }
}

/** All events of a log, which is verified on the way. */
export async function eventsOf(log: RecordedLog): Promise<readonly StoredRecord[]> {
  const events: StoredRecord[] = [];
  for await (const record of log.records(0)) events.push(record);
  return events;
}
