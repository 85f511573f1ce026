import type { LogStoreError } from "../eventlog/log_objects.ts";
import { logPutErrorsTotal } from "../telemetry/metrics.ts";

/** How often events that wait are counted as errors. Milliseconds. */
const COUNTED_EVERY = 10_000;

/**
 * Counts what cannot be written while a log is away, from the first error to being disposed of. A try
 * may end before it comes to a write, or hang for long: whoever counts the writes that failed only
 * would see next to nothing of a store that does not answer.
 */
export class LogOutage implements Disposable {
  readonly #every: number;
  #type: LogStoreError["type"] | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param every milliseconds */
  constructor(every: number = COUNTED_EVERY) {
    this.#every = every;
  }

  /** The log is away, or still is. */
  note({ type }: LogStoreError): void {
    this.#type = type;
    this.#timer ??= setInterval(() => this.#count(), this.#every);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #count(): void {
    if (this.#type !== undefined) logPutErrorsTotal.inc({ error_type: this.#type });
  }
}
