/**
 * Records: an event with its hash and the hash of the one before, chained so that none can be
 * changed, left out or moved without every later hash becoming wrong.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { canonicalJson } from "./canonical_json.ts";
import { type LogEvent, readEvent, surfaceOf } from "./event.ts";
import { isJsonObject, type Json, JsonError, parseJson } from "./json.ts";

/** An event in its log. */
export interface LogRecord {
  /** 64 digits of hex, lower case: the hash of the event before, {@link FIRST_PREV_HASH} for none. */
  readonly prevHash: string;
  /** 64 digits of hex, lower case. */
  readonly eventHash: string;
  readonly event: LogEvent;
}

/** What stands before the first event. */
export const FIRST_PREV_HASH = "0".repeat(64);

const HASH = /^[0-9a-f]{64}$/;

/** The hash of an event. */
export function eventHash(prevHash: string, event: LogEvent): string {
  return surfaceHash(prevHash, canonicalJson(surfaceOf(event)));
}

/**
 * The hash of an event: SHA-256 of the previous hash's digits, followed by what is hashed of it.
 *
 * @param surface canonical JSON
 */
export function surfaceHash(prevHash: string, surface: string): string {
  return createHash("sha256").update(prevHash + surface).digest("hex");
}

/** Chains an event to the one before. */
export function chain(prevHash: string, event: LogEvent): LogRecord {
  return { prevHash, eventHash: eventHash(prevHash, event), event };
}

/**
 * Longest record that is written, in bytes: entry bundles of a published log have no room for a
 * longer one. Longer records that others have written are read.
 * Source: C2SP tlog-tiles, "Log entries" (a 16-bit length).
 */
export const LARGEST_RECORD = 65_535;

/** An event whose record would be longer than {@link LARGEST_RECORD}. */
export class EventTooLargeError extends Error {
  override readonly name = "EventTooLargeError";

  /** @param size of its record, in bytes */
  constructor(readonly size: number) {
    super(`the event's record has ${size} bytes; at most ${LARGEST_RECORD} can be kept`);
  }
}

/**
 * A record as it is written.
 *
 * @throws {EventTooLargeError}
 */
export function recordBytes(record: LogRecord): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(recordText(record));
  if (bytes.length > LARGEST_RECORD) throw new EventTooLargeError(bytes.length);
  return bytes;
}

/** A record as it is stored: canonical JSON, without an end of line. */
export function recordText({ prevHash, eventHash, event }: LogRecord): string {
  return canonicalJson({ prev_hash: prevHash, event_hash: eventHash, event: surfaceOf(event) });
}

/**
 * Reads a stored record. Only the one form in which it is written will do, byte by byte, so that no
 * change of a stored log can go unnoticed for meaning the same. Its hashes are not checked.
 *
 * @throws {JsonError} that names what is wrong
 */
export function readRecord(stored: string): LogRecord {
  const value = parseJson(stored);
  if (!isJsonObject(value)) throw new JsonError("a record must be an object");
  const { prev_hash, event_hash, event } = value;
  const record = {
    prevHash: hash(prev_hash, "prev_hash"),
    eventHash: hash(event_hash, "event_hash"),
    event: readEvent(event),
  };
  if (recordText(record) !== stored) throw new JsonError("a record must be in canonical form");
  return record;
}

function hash(value: Json | undefined, name: string): string {
  if (typeof value === "string" && HASH.test(value)) return value;
  throw new JsonError(`${name} must be 64 digits of hex`);
}
