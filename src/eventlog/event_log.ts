/**
 * What a log of events can do, wherever it is kept.
 *
 * @module
 */
import type { HashVersion } from "./event.ts";
import type { Json, JsonNumber, JsonObject } from "./json.ts";
import type { LogRecord } from "./record.ts";
import type { LogPosition } from "./verifier.ts";

/** An event that has no place in the log yet. */
export interface NewEvent {
  readonly type: string;
  readonly aggregateId: string;
  /** The time as its writer counts it. */
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
  /** The log does not end with the hash that was expected; nothing was written. */
  | { readonly kind: "conflict"; readonly observedPrevHash: string };

/** Which events to read. */
export interface ReadRange {
  /** 0 without it. */
  readonly fromSeq?: number;
  /** The last one, included; the end of the log without it. */
  readonly toSeq?: number;
  /** Only events of this aggregate; all without it. */
  readonly aggregateId?: string;
}

/** A log of events. All methods throw `LogFault` where what they meet does not verify. */
export interface EventLog {
  /**
   * Adds an event.
   *
   * @param expectedPrevHash the hash that the log has to end with; whatever it is without one
   */
  append(event: NewEvent, expectedPrevHash?: string): Promise<Appended>;
  /** Reads events in their order, and verifies each before it gives it. */
  read(range?: ReadRange): AsyncIterable<LogRecord>;
  /** How many events there are, and the hash of the last. */
  head(): Promise<LogPosition>;
  /** The hash of an event; `undefined` where there is none yet. */
  eventHash(seq: number): Promise<string | undefined>;
}
