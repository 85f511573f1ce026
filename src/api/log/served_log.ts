import { appendWithRetry } from "../../eventlog/append_with_retry.ts";
import type { Appended, NewEvent } from "../../eventlog/event_log.ts";
import type { HashVersion } from "../../eventlog/event.ts";
import { JsonNumber } from "../../eventlog/json.ts";
import type { OpenedLog } from "../../eventlog/open_log.ts";
import type { StoredRecord } from "../../eventlog/stored_record.ts";
import { PublishedLog } from "../../eventlog/tlog/published_log.ts";
import type { LogPosition } from "../../eventlog/verifier.ts";
import { eventsTotal, replayDuration } from "../../telemetry/metrics.ts";
import type { AppendBody } from "./append_body.ts";
import { EventTypeLabels } from "./event_type_labels.ts";

/** So many events are verified again rather than waited for. */
const NEAR = 8_192;

/** How a log is served. */
export interface ServedLogOptions {
  /** Called when the log is needed first. */
  readonly open: () => OpenedLog;
  /** Of new events. */
  readonly hashVersion: HashVersion;
}

/** The log of a thread that serves. Throws what `EventLog` throws. */
export class ServedLog implements AsyncDisposable {
  readonly #options: ServedLogOptions;
  readonly #labels = new EventTypeLabels();
  /** What has been done, and so has verified what it stands on. */
  readonly #done = new Set<"append" | "head">();
  #opened: OpenedLog | undefined;
  /** Up to where it has been read, and the end of the wait for who reads farther. */
  #reached = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(options: ServedLogOptions) {
    this.#options = options;
  }

  /** The log itself, and the objects beside it. */
  get opened(): OpenedLog {
    return this.#opened ??= this.#options.open();
  }

  /** Adds an event; without an expected hash wherever the log ends by then. */
  async append(body: AppendBody): Promise<Appended> {
    const { expected_prev_hash: expectedPrevHash } = body;
    const { log } = this.opened;
    const event = this.#eventOf(body);
    const appended = await this.#timed(
      "append",
      async (): Promise<Appended> =>
        expectedPrevHash === undefined
          ? { kind: "committed", record: await appendWithRetry(log, event) }
          : await log.append(event, { expectedPrevHash }),
    );
    if (appended.kind === "committed") {
      eventsTotal.inc({ event_type: this.#labels.of(event.type) });
    }
    return appended;
  }

  head(): Promise<LogPosition> {
    return this.#timed("head", () => this.opened.log.head());
  }

  /** The hash of an event; `undefined` where there is none yet. */
  async eventHash(seq: number): Promise<string | undefined> {
    await this.#reach(seq);
    return await this.opened.log.eventHash(seq);
  }

  /** An event; `undefined` where there is none yet. */
  async record(seq: number): Promise<StoredRecord | undefined> {
    for await (const record of this.records(seq, seq)) return record;
    return undefined;
  }

  /** Events from one place on, to another, included, or to the end. */
  async *records(fromSeq: number, toSeq?: number): AsyncGenerator<StoredRecord> {
    await this.#reach(fromSeq);
    yield* this.opened.log.read({ fromSeq, toSeq });
  }

  /** The log as it is published; `undefined` where it is not. Throws `TlogFault`. */
  published(): Promise<PublishedLog | undefined> {
    return PublishedLog.open(this.opened);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened?.[Symbol.asyncDispose]();
  }

  /**
   * Sees to it that what comes before an event is verified once, and not by everybody who asks at
   * once: each would take all of the thread for it.
   */
  async #reach(seq: number): Promise<void> {
    if (seq <= this.#reached + NEAR) return;
    this.#turn = this.#turn.then(() => this.#verifyUpTo(seq));
    await this.#turn;
  }

  /** Never throws: whoever reads there meets what is wrong. */
  async #verifyUpTo(seq: number): Promise<void> {
    if (seq <= this.#reached + NEAR) return;
    try {
      await this.opened.log.eventHash(seq);
      this.#reached = seq;
    } catch {
      return;
    }
  }

  /** The first time something is done, what it stands on is verified. */
  async #timed<T>(what: "append" | "head", run: () => Promise<T>): Promise<T> {
    if (this.#done.has(what)) return await run();
    this.#done.add(what);
    const finished = replayDuration.startTimer();
    const result = await run();
    finished();
    return result;
  }

  #eventOf({ aggregate_id: aggregateId, meta = {}, payload, ts, type }: AppendBody): NewEvent {
    return {
      type,
      aggregateId,
      ts: ts ?? new JsonNumber(String(Date.now())),
      payload,
      meta,
      hashVersion: this.#options.hashVersion,
    };
  }
}
