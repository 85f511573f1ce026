/**
 * What a log of events can do, wherever it is kept.
 *
 * @module
 */
import type { HashVersion } from "./event.ts";
import type { Json, JsonNumber, JsonObject } from "./json.ts";
import type { LogRecord } from "./record.ts";
import type { StoredRecord } from "./stored_record.ts";
import type { LogPosition } from "./verifier.ts";

/** An event that has no place in the log yet. */
export interface NewEvent {
  readonly type: string;
  readonly aggregateId: string;
  /** The time as its writer counts it: an integer. */
  readonly ts: JsonNumber;
  readonly payload: Json;
  /** Empty without it. */
  readonly meta?: JsonObject;
  readonly hashVersion: HashVersion;
}

/** How an append ended. */
export type Appended =
  /** It is in the log, and will be there after a crash. */
  | { readonly kind: "committed"; readonly record: LogRecord }
  /**
   * The log does not end with the hash that was expected, or somebody else was faster; nothing was
   * written.
   */
  | { readonly kind: "conflict"; readonly observedPrevHash: string };

/** Which events to read. */
export interface ReadRange {
  /** 0 without it. */
  readonly fromSeq?: number;
  /** The last one, included; the end of the log without it. */
  readonly toSeq?: number;
  /** Only events of this aggregate; all without it. */
  readonly aggregateId?: string;
  /**
   * What was verified before, such as by a signed checkpoint: events before it are not read again.
   * The beginning of the log without it, or where `fromSeq` lies before it.
   */
  readonly trusted?: LogPosition;
}

/** What an append has to find. */
export interface AppendOptions {
  /** The hash that the log has to end with; whatever it is without one. */
  readonly expectedPrevHash?: string;
}

/**
 * A log of events. All methods throw `LogFault` where what they meet does not verify, and
 * `LogStoreError` where the store cannot be reached.
 */
export interface EventLog extends AsyncDisposable {
  /**
   * Adds an event, or nothing: a log that does not verify is not appended to. When this throws
   * `LogStoreError`, whether the event was added is not known.
   *
   * @throws {EventTooLargeError}
   */
  append(event: NewEvent, options?: AppendOptions): Promise<Appended>;
  /** Reads events in their order, and verifies each before it gives it. */
  read(range?: ReadRange): AsyncIterable<StoredRecord>;
  /** How many events there are, and the hash of the last. */
  head(): Promise<LogPosition>;
  /** The hash of an event; `undefined` where there is none yet. */
  eventHash(seq: number): Promise<string | undefined>;
}
