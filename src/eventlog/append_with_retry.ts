import type { EventLog, NewEvent } from "./event_log.ts";
import type { LogRecord } from "./record.ts";

/** How long and how patiently to try. */
export interface RetryOptions {
  /** Milliseconds after which no further attempt is made; 30,000 without it. */
  readonly patience?: number;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
}

/** Others were faster every time. */
export class LogContendedError extends Error {
  override readonly name = "LogContendedError";
}

const PATIENCE = 30_000;

/** Longest wait between two attempts, in milliseconds: the first wait, and how far it may grow. */
const [FIRST_WAIT, LONGEST_WAIT] = [5, 250];

/**
 * Adds an event at the end of a log, wherever that is by then: whenever somebody else is faster it
 * is tried again, after a random wait that grows.
 *
 * @throws {LogContendedError} where patience runs out; what {@link EventLog.append} throws; the
 * signal's reason
 */
export async function appendWithRetry(
  log: Pick<EventLog, "append">,
  event: NewEvent,
  { patience = PATIENCE, signal }: RetryOptions = {},
): Promise<LogRecord> {
  const until = performance.now() + patience;
  for (let wait = FIRST_WAIT;; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    signal?.throwIfAborted();
    const appended = await log.append(event);
    if (appended.kind === "committed") return appended.record;
    if (performance.now() >= until) {
      throw new LogContendedError("others appended to the log faster every time");
    }
    await new Promise((resolve) => setTimeout(resolve, Math.random() * wait));
  }
}
