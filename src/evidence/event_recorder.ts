import { LogContendedError } from "../eventlog/append_with_retry.ts";
import { LogStoreError } from "../eventlog/log_objects.ts";
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

/** The part of a log of which it is known which operations are in it: from one place to another. */
interface Searched {
  fromSeq: number;
  /** In the order of the log. */
  readonly places: Map<string, EventPlace>;
  end: LogPosition;
}

/** Most operations that are remembered: about 2 MB. */
const MOST_REMEMBERED = 10_000;

/** Length of a UUID: others write events as well, and what they say is not remembered. */
const OPERATION_LENGTH = 36;

/** Milliseconds: the first wait, the longest, and how long others may be faster. */
const [FIRST_WAIT, LONGEST_WAIT, PATIENCE] = [5, 250, 30_000];

/** Milliseconds after which it is looked where the log ends: who died has left less to be searched. */
const LOOK_AFTER = 60_000;

/** Milliseconds: what takes longer to fail is not tried by everybody who waits, one after another. */
const LONG = 1_000;

/**
 * Records events, each exactly once: also when an earlier attempt was made by a process that has died
 * since, or has not noticed yet that it is taken for dead, and when an attempt whose outcome nobody
 * knows has its effect later.
 *
 * An event is added only right behind a place up to which the log was searched for it. Of two who try
 * that at once the log lets one succeed; the other finds the event when it searches on.
 */
export class EventRecorder {
  readonly #log: RecordedLog;
  #searched: Searched | undefined;
  #lookedAt = -Infinity;
  #looking: Promise<number> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  /** When it was last found, after a long wait, that the log cannot be appended to, and why. */
  #away: { readonly foundAt: number; readonly error: unknown } | undefined;

  constructor(log: RecordedLog) {
    this.#log = log;
  }

  /** A place that an event which is begun now cannot be before. Throws what `EventLog` throws. */
  async fromSeq(): Promise<number> {
    const isRecent = performance.now() - this.#lookedAt < LOOK_AFTER;
    if (isRecent && this.#searched !== undefined) return this.#searched.end.nextSeq;
    return await (this.#looking ??= this.#look().finally(() => this.#looking = undefined));
  }

  /**
   * Adds an event unless it is there.
   *
   * @throws {LogContendedError} and what `EventLog` throws: then whether it was added is not known,
   * and the same call finds out
   */
  record(event: EventToRecord): Promise<EventPlace> {
    const askedAt = performance.now();
    // One after another: of several at the same place all but one would fail.
    const recorded = this.#turn.then(() => this.#recordInTurn(event, askedAt));
    this.#turn = recorded.catch(() => {});
    return recorded;
  }

  /** Looks for an event in all of the log, and adds none. Throws what `EventLog` throws. */
  find(event: Pick<EventToRecord, "fromSeq" | "operation">): Promise<EventPlace | undefined> {
    const found = this.#turn.then(async () => {
      const searched = await this.#begun();
      return await this.#known(searched, event) ?? await this.#searchOn(searched, event.operation);
    });
    this.#turn = found.catch(() => {});
    return found;
  }

  async #look(): Promise<number> {
    const end = await this.#log.head();
    this.#lookedAt = performance.now();
    this.#searched ??= beginningAt(end);
    return end.nextSeq;
  }

  /** Who has waited while the log was found to be away is told so with the one who found it. */
  async #recordInTurn(event: EventToRecord, askedAt: number): Promise<EventPlace> {
    if (this.#away !== undefined && this.#away.foundAt >= askedAt) throw this.#away.error;
    const begunAt = performance.now();
    try {
      return await this.#record(event);
    } catch (error) {
      const foundAt = performance.now();
      if (isAway(error) && foundAt - begunAt >= LONG) this.#away = { foundAt, error };
      throw error;
    }
  }

  async #record(event: EventToRecord): Promise<EventPlace> {
    const searched = await this.#begun();
    const earlier = await this.#known(searched, event);
    if (earlier !== undefined) return earlier;
    const until = performance.now() + PATIENCE;
    for (let wait = FIRST_WAIT;; wait = Math.min(wait * 2, LONGEST_WAIT)) {
      const appended = await this.#append(event, searched.end.prevHash);
      if (appended.kind === "committed") {
        const { event: { seq }, eventHash } = appended.record;
        remember(searched, event.operation, { seq, eventHash });
        return { seq, eventHash };
      }
      if (performance.now() >= until) {
        throw new LogContendedError("others appended to the log faster every time");
      }
      const there = await this.#searchOn(searched, event.operation);
      if (there !== undefined) return there;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * wait));
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

  async #begun(): Promise<Searched> {
    return this.#searched ??= beginningAt(await this.#log.head());
  }

  /** An event that is in the part of the log that was searched, or before it. */
  async #known(
    searched: Searched,
    event: Pick<EventToRecord, "fromSeq" | "operation">,
  ): Promise<EventPlace | undefined> {
    return searched.places.get(event.operation) ?? await this.#findBefore(searched, event);
  }

  /** For what was begun before this process had looked at the log, or is not remembered any more. */
  async #findBefore(
    searched: Searched,
    { fromSeq, operation }: Pick<EventToRecord, "fromSeq" | "operation">,
  ): Promise<EventPlace | undefined> {
    if (fromSeq >= searched.fromSeq) return undefined;
    for await (const record of this.#log.records(fromSeq, searched.fromSeq - 1)) {
      if (operationOf(record) === operation) return placeOf(record);
    }
    return undefined;
  }

  /** To the end of the log. What it stops at by a fault is searched from there the next time. */
  async #searchOn(searched: Searched, operation: string): Promise<EventPlace | undefined> {
    let found: EventPlace | undefined;
    for await (const record of this.#log.records(searched.end.nextSeq)) {
      const place = placeOf(record);
      const said = operationOf(record);
      if (said === operation) found ??= place;
      remember(searched, said, place);
    }
    return found;
  }
}

/** Whether it has nothing to do with the event. */
function isAway(error: unknown): boolean {
  return error instanceof LogStoreError || error instanceof LogContendedError;
}

function beginningAt(end: LogPosition): Searched {
  return { fromSeq: end.nextSeq, places: new Map(), end };
}

/** The log was searched for everything up to this place. */
function remember(searched: Searched, operation: string | undefined, place: EventPlace): void {
  searched.end = { nextSeq: place.seq + 1, prevHash: place.eventHash };
  // Of events that say the same operation the first one is ours: before it is there, nobody knows it.
  if (operation === undefined || searched.places.has(operation)) return;
  searched.places.set(operation, place);
  if (searched.places.size <= MOST_REMEMBERED) return;
  for (const [oldest, { seq }] of searched.places) {
    searched.places.delete(oldest);
    searched.fromSeq = seq + 1;
    return;
  }
}

function operationOf({ event: { payload } }: StoredRecord): string | undefined {
  const operation = isJsonObject(payload) ? payload["operation"] : undefined;
  const isOne = typeof operation === "string" && operation.length === OPERATION_LENGTH;
  return isOne ? operation : undefined;
}

function placeOf({ seq, eventHash }: StoredRecord): EventPlace {
  return { seq, eventHash };
}
