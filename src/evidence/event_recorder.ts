import { LogContendedError } from "../eventlog/append_with_retry.ts";
import type { Appended } from "../eventlog/event_log.ts";
import { isJsonObject, type JsonObject } from "../eventlog/json.ts";
import type { StoredRecord } from "../eventlog/stored_record.ts";
import type { LogPosition } from "../eventlog/verifier.ts";
import type { EventPlace, EvidenceEventType } from "./model.ts";

/** An event that must be in the log once. */
export interface EventToRecord {
  /** Stands in the payload as `operation`: by it the event is known again. */
  readonly operation: string;
  readonly type: EvidenceEventType;
  readonly decisionId: string;
  /** Everything else that the event says. */
  readonly payload: JsonObject;
  /** The event is nowhere in the log before this place. */
  readonly fromSeq: number;
}

/** The log that events are recorded in. All methods throw what `EventLog` throws. */
export interface RecordedLog {
  head(): Promise<LogPosition>;
  /** Events from one place on, to another, included, or to the end. */
  records(fromSeq: number, toSeq?: number): AsyncIterable<StoredRecord>;
  /** Adds an event where the log ends with the expected hash, and only there. */
  append(event: {
    readonly type: string;
    readonly aggregate_id: string;
    readonly payload: JsonObject;
    readonly expected_prev_hash: string;
  }): Promise<Appended>;
}

/** The part of a log, up to its end, of which it is known which operations are in it. */
interface Searched {
  readonly fromSeq: number;
  readonly places: Map<string, EventPlace>;
  end: LogPosition;
}

/** Most operations that are remembered. */
const MOST_REMEMBERED = 10_000;

/** Milliseconds: the first wait, the longest, and how long others may be faster. */
const [FIRST_WAIT, LONGEST_WAIT, PATIENCE] = [5, 250, 30_000];

/**
 * Records events, each exactly once: also when an earlier attempt was made by a process that has died
 * since, or has not noticed yet that it is taken for dead.
 *
 * An event is added only right behind a place up to which the log was searched for it. Of two who try
 * that at once the log lets one succeed; the other finds the event when it searches on.
 */
export class EventRecorder {
  readonly #log: RecordedLog;
  #searched: Searched | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(log: RecordedLog) {
    this.#log = log;
  }

  /** A place that an event which is begun now cannot be before. */
  async fromSeq(): Promise<number> {
    return (await this.#toSearchedEnd()).end.nextSeq;
  }

  /**
   * Adds an event unless it is there.
   *
   * @throws {LogContendedError} and what `EventLog` throws: then whether it was added is not known,
   * and the same call finds out
   */
  record(event: EventToRecord): Promise<EventPlace> {
    // One after another: of several at the same place all but one would fail.
    const recorded = this.#turn.then(() => this.#record(event));
    this.#turn = recorded.catch(() => {});
    return recorded;
  }

  async #record(event: EventToRecord): Promise<EventPlace> {
    const searched = await this.#toSearchedEnd();
    const earlier = await this.#findBefore(searched.fromSeq, event);
    if (earlier !== undefined) return earlier;
    const until = performance.now() + PATIENCE;
    for (let wait = FIRST_WAIT;; wait = Math.min(wait * 2, LONGEST_WAIT)) {
      const there = searched.places.get(event.operation);
      if (there !== undefined) return there;
      const appended = await this.#append(event, searched.end.prevHash);
      if (appended.kind === "committed") {
        const { event: { seq }, eventHash } = appended.record;
        remember(searched, event.operation, { seq, eventHash });
        return { seq, eventHash };
      }
      if (performance.now() >= until) {
        throw new LogContendedError("others appended to the log faster every time");
      }
      await new Promise((resolve) => setTimeout(resolve, Math.random() * wait));
      await this.#searchOn(searched);
    }
  }

  #append({ decisionId, operation, payload, type }: EventToRecord, expectedPrevHash: string) {
    return this.#log.append({
      type,
      aggregate_id: decisionId,
      payload: { ...payload, operation },
      expected_prev_hash: expectedPrevHash,
    });
  }

  async #toSearchedEnd(): Promise<Searched> {
    if (this.#searched === undefined || this.#searched.places.size > MOST_REMEMBERED) {
      const end = this.#searched?.end ?? await this.#log.head();
      this.#searched = { fromSeq: end.nextSeq, places: new Map(), end };
    }
    return this.#searched;
  }

  /** For what was begun before this process had looked at the log. */
  async #findBefore(
    endSeq: number,
    { fromSeq, operation }: EventToRecord,
  ): Promise<EventPlace | undefined> {
    if (fromSeq >= endSeq) return undefined;
    for await (const record of this.#log.records(fromSeq, endSeq - 1)) {
      if (operationOf(record) === operation) return placeOf(record);
    }
    return undefined;
  }

  async #searchOn(searched: Searched): Promise<void> {
    for await (const record of this.#log.records(searched.end.nextSeq)) {
      remember(searched, operationOf(record), placeOf(record));
    }
  }
}

function remember(searched: Searched, operation: string | undefined, place: EventPlace): void {
  if (operation !== undefined) searched.places.set(operation, place);
  searched.end = { nextSeq: place.seq + 1, prevHash: place.eventHash };
}

function operationOf({ event: { payload } }: StoredRecord): string | undefined {
  const operation = isJsonObject(payload) ? payload["operation"] : undefined;
  return typeof operation === "string" ? operation : undefined;
}

function placeOf({ seq, eventHash }: StoredRecord): EventPlace {
  return { seq, eventHash };
}
