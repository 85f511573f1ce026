/**
 * Events, and the part of them that is hashed.
 *
 * @module
 */
import { isJsonObject, type Json, JsonError, JsonNumber, type JsonObject } from "./json.ts";

/** How the hashed surface of an event is made. */
export type HashVersion = "v1" | "v2";

/** One event of a log. */
export interface LogEvent {
  readonly type: string;
  readonly aggregateId: string;
  /** Its place in the log, from 0. */
  readonly seq: number;
  /** The time as its writer counts it: an integer of any unit and any size. */
  readonly ts: JsonNumber;
  readonly payload: Json;
  readonly meta: JsonObject;
  readonly hashVersion: HashVersion;
}

/** Names as they are stored. */
const NAMES: ReadonlySet<string> = new Set([
  "aggregate_id",
  "hash_version",
  "meta",
  "payload",
  "seq",
  "ts",
  "type",
]);

const INTEGER = /^-?\d+$/;

/**
 * What is hashed of an event, which is also how it is stored: in v1 `meta` is always there; in v2 it
 * is left out when it is empty, and the version is there.
 */
export function surfaceOf({ aggregateId, hashVersion, meta, ...event }: LogEvent): JsonObject {
  const { payload, ts, type } = event;
  const seq = new JsonNumber(String(event.seq));
  const common = { aggregate_id: aggregateId, payload, seq, ts, type };
  if (hashVersion === "v1") return { ...common, meta };
  const version = { ...common, hash_version: "v2" };
  return Object.keys(meta).length === 0 ? version : { ...version, meta };
}

/**
 * Reads a stored event. What would not be hashed must not be there: anybody could change it.
 *
 * @throws {JsonError} that names what is wrong
 */
export function readEvent(stored: Json | undefined): LogEvent {
  if (!isJsonObject(stored)) throw new JsonError("event must be an object");
  const unknown = Object.keys(stored).find((name) => !NAMES.has(name));
  if (unknown !== undefined) {
    throw new JsonError(`event.${JSON.stringify(unknown)} is not part of an event`);
  }
  const { hash_version, meta, payload } = stored;
  if (hash_version !== undefined && hash_version !== "v2") {
    throw new JsonError("event.hash_version is not known");
  }
  if (payload === undefined) throw new JsonError("event.payload is missing");
  if (meta !== undefined && !isJsonObject(meta)) {
    throw new JsonError("event.meta must be an object");
  }
  if (meta === undefined && hash_version === undefined) {
    throw new JsonError("event.meta is missing");
  }
  return {
    type: text(stored, "type"),
    aggregateId: text(stored, "aggregate_id"),
    seq: place(integer(stored, "seq")),
    ts: integer(stored, "ts"),
    payload,
    meta: meta ?? {},
    hashVersion: hash_version === undefined ? "v1" : "v2",
  };
}

function text(stored: JsonObject, name: string): string {
  const value = stored[name];
  if (typeof value !== "string") throw new JsonError(`event.${name} must be a text`);
  return value;
}

function integer(stored: JsonObject, name: string): JsonNumber {
  const value = stored[name];
  if (value instanceof JsonNumber && INTEGER.test(value.text)) return value;
  throw new JsonError(`event.${name} must be an integer`);
}

function place({ text: written }: JsonNumber): number {
  const seq = Number(written);
  if (Number.isSafeInteger(seq) && seq >= 0) return seq;
  throw new JsonError("event.seq must be an integer from 0 on");
}
