import { log } from "../telemetry/logs.ts";

/** How long the same trouble is not worth another line. Milliseconds. */
const AGAIN_AFTER = 600_000;

/** What is logged of a trouble. */
export interface Trouble {
  readonly message: string;
  readonly error: unknown;
  /** What else there is to know, such as which object it is about. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** `warning` without it. */
  readonly level?: "warning" | "error";
}

/**
 * Logs troubles that are met again and again while something is tried again: what is new about a
 * subject at once, and the same every ten minutes. What lies in between is there on level `debug`.
 */
export class TroubleLog {
  readonly #now: () => number;
  /** What was said of each subject last. */
  readonly #said = new Map<string, { readonly text: string; readonly until: number }>();

  /** @param now milliseconds, never going back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** @param about which subject the trouble is with; it is remembered until {@link over} */
  tell(about: string, { message, error, facts, level = "warning" }: Trouble): void {
    const text = `${message}: ${error instanceof Error ? error.message : error}`;
    const said = this.#said.get(about);
    const isNews = said?.text !== text || this.#now() >= said.until;
    if (isNews) this.#said.set(about, { text, until: this.#now() + AGAIN_AFTER });
    log[isNews ? level : "debug"](message, { ...facts, error: told(error) });
  }

  /** It works again. */
  over(about: string): void {
    this.#said.delete(about);
  }
}

/** Errors of the language: nobody foresaw them, so it matters where they come from. */
const UNFORESEEN: ReadonlySet<string> = new Set([
  "Error",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
]);

/** Where a call has ended says nothing that the message of a foreseen fault does not. */
function told(error: unknown): unknown {
  return error instanceof Error && !UNFORESEEN.has(error.name) ? error.message : error;
}
