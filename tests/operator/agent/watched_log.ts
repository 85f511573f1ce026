/**
 * Logs that count what is read of them, and whose appends do not all end well.
 *
 * @module
 */
import type { EventLog } from "../../../src/eventlog/event_log.ts";
import { LogStoreError } from "../../../src/eventlog/log_objects.ts";
import type { OpenedLog } from "../../../src/eventlog/open_log.ts";

/** What becomes of a call: it fails before it has an effect, or after that. */
export type Fate = "done" | "before" | "after";

/** What is done with a log. */
export interface Watch {
  /** Asked for each append. */
  readonly fate?: () => Fate;
  /** Asked before each reading. */
  readonly canRead?: () => boolean;
  /** Told the place of each event that is read. */
  readonly onRead?: (seq: number) => void;
}

/** A log that is watched. */
export function watched(opened: OpenedLog, watch: Watch): OpenedLog {
  return { ...opened, log: watchedLog(opened.log, watch) };
}

function watchedLog(log: EventLog, { fate, canRead, onRead }: Watch): EventLog {
  return {
    async append(...args) {
      const end = fate?.() ?? "done";
      if (end === "before") throw new LogStoreError("NetworkError", "the append was lost");
      const appended = await log.append(...args);
      if (end === "after") throw new LogStoreError("NetworkError", "the answer was lost");
      return appended;
    },
    async *read(range) {
      if (canRead?.() === false) throw new LogStoreError("NetworkError", "nobody answers");
      for await (const record of log.read(range)) {
        onRead?.(record.seq);
        yield record;
      }
    },
    head: () => log.head(),
    eventHash: (seq) => log.eventHash(seq),
    [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
  };
}
