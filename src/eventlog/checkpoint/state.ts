/**
 * What a log has come to: its state, and what makes it out of events.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { canonicalJson } from "../canonical_json.ts";
import type { LogEvent } from "../event.ts";
import {
  isJsonObject,
  type Json,
  JsonError,
  JsonNumber,
  type JsonObject,
  parseJson,
} from "../json.ts";

/** A state, as existing operators keep it. */
export interface LogState {
  /** How many events went into it. */
  readonly version: number;
  /** What there is to say of each aggregate, by its id. */
  readonly aggregates: JsonObject;
}

/** Where every log begins. */
export const EMPTY_STATE: LogState = { version: 0, aggregates: {} };

/** A state that takes in one event after the other. */
export interface Reduction {
  /** Takes in the next event. Must depend on nothing but the events. */
  apply(event: LogEvent): void;
  /** What they have come to. */
  state(): LogState;
}

/** What makes states out of events. */
export interface StateReducer {
  readonly name: string;
  /**
   * Goes on where a state was left.
   *
   * @returns `undefined` for a state that another reducer has made
   */
  resume(state: LogState): Reduction | undefined;
}

/** A state in canonical JSON. */
export function stateBytes({ version, aggregates }: LogState): Uint8Array<ArrayBuffer> {
  const state = { version: new JsonNumber(String(version)), aggregates };
  return new TextEncoder().encode(canonicalJson(state));
}

/** SHA-256 of the bytes of a state, in hex. */
export function stateHash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Reads a state; `undefined` for what is none. */
export function readState(bytes: Uint8Array): LogState | undefined {
  const stored = readJson(bytes);
  if (!isJsonObject(stored)) return undefined;
  const { version, aggregates, ...others } = stored;
  if (!(version instanceof JsonNumber) || !isJsonObject(aggregates)) return undefined;
  const count = Number(version.text);
  const isState = Object.keys(others).length === 0 && /^\d+$/.test(version.text) &&
    Number.isSafeInteger(count);
  return isState ? { version: count, aggregates } : undefined;
}

function readJson(bytes: Uint8Array): Json | undefined {
  try {
    return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof JsonError || error instanceof TypeError) return undefined;
    throw error;
  }
}
