import { AnswerTooLongError, KubeUnreachableError } from "./kube_error.ts";

/** Ends a call when its caller gives it up, and when its time is over. */
export class Deadline implements Disposable {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #giveUp = () => this.#controller.abort(this.#outer?.reason);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #limit = 0;
  #isOver = false;

  /**
   * @param limit milliseconds
   * @param outer the caller's
   * @throws the caller's reason where it has given up already
   */
  constructor(limit: number, outer?: AbortSignal) {
    outer?.throwIfAborted();
    this.#outer = outer;
    outer?.addEventListener("abort", this.#giveUp, { once: true });
    this.restart(limit);
  }

  /** For what is to end. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether time was over before the caller gave up. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Grants so many milliseconds from now on. */
  restart(limit: number): void {
    clearTimeout(this.#timer);
    this.#limit = limit;
    this.#timer = setTimeout(() => {
      this.#isOver = !this.signal.aborted;
      this.#controller.abort();
    }, limit);
  }

  /**
   * What a failure of the network means.
   *
   * @param what was asked, as in `GET /readyz`
   * @returns the caller's reason where it gave up, otherwise a {@link KubeUnreachableError}
   */
  explain(what: string, failure: unknown): unknown {
    if (this.#outer?.aborted) return this.#outer.reason;
    const why = this.#isOver ? `nothing came within ${this.#limit} ms` : causeOf(failure);
    const Kind = failure instanceof AnswerTooLongError ? AnswerTooLongError : KubeUnreachableError;
    return new Kind(`${what}: ${why}`, { cause: failure });
  }

  /** Ends what is still under way. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener("abort", this.#giveUp);
    this.#controller.abort();
  }
}

/** `fetch` says what was the matter only in the cause. */
function causeOf(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  return failure.cause instanceof Error ? failure.cause.message : failure.message;
}
