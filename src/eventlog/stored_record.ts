/**
 * Records as they are stored, read no further than it takes to verify them.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { hash } from "node:crypto";
import {
  hasAt,
  NOT_CANONICAL,
  skipInteger,
  skipObject,
  skipText,
  skipValue,
} from "./canonical_scanner.ts";
import { type LogEvent, readEvent } from "./event.ts";
import { JsonError, parseJson } from "./json.ts";
import { type LogRecord, readRecord } from "./record.ts";

/** What stands in a record around the event and the hashes. */
const BEFORE_EVENT = ascii('{"event":');
const BEFORE_EVENT_HASH = ascii(',"event_hash":"');
const BEFORE_PREV_HASH = ascii('","prev_hash":"');
const END = ascii('"}');

/** Digits of a hash, and where from the end of a record the hashes begin. */
const HASH_LENGTH = 64;
const PREV_HASH = END.length + HASH_LENGTH;
const EVENT_HASH = PREV_HASH + BEFORE_PREV_HASH.length + HASH_LENGTH;
const BEHIND_EVENT = EVENT_HASH + BEFORE_EVENT_HASH.length;

/** A record that is read when it is asked for its event. */
export class StoredRecord implements LogRecord {
  #event: LogEvent | undefined;

  /**
   * @param bytes the record as it is stored: canonical JSON, without an end of line
   * @param seq its place in the log
   */
  constructor(readonly bytes: Uint8Array, readonly seq: number, event?: LogEvent) {
    this.#event = event;
  }

  get prevHash(): string {
    return this.#hashAt(this.bytes.length - PREV_HASH);
  }

  get eventHash(): string {
    return this.#hashAt(this.bytes.length - EVENT_HASH);
  }

  /** Whether {@link prevHash} is that one. */
  follows(hash: string): boolean {
    return this.#hasHashAt(this.bytes.length - PREV_HASH, hash);
  }

  /** Whether {@link eventHash} is that one. */
  hasHash(hash: string): boolean {
    return this.#hasHashAt(this.bytes.length - EVENT_HASH, hash);
  }

  /** The record as it is stored. */
  get text(): string {
    return DECODER.decode(this.bytes);
  }

  /** @throws {JsonError} never for a record that was read */
  get event(): LogEvent {
    return this.#event ??= readEvent(parseJson(DECODER.decode(this.#surface())));
  }

  /** The hash that it ought to have. */
  expectedHash(): string {
    const { bytes } = this;
    const room = HASH_LENGTH + bytes.length;
    if (scratch.bytes.length < room) scratch = new Scratch(room * 2);
    // Copied whole, so that the event comes to lie where the previous hash will end: to cut it out
    // first would cost as much again.
    scratch.bytes.set(bytes, HASH_LENGTH - BEFORE_EVENT.length);
    const prevHash = bytes.length - PREV_HASH;
    for (let at = 0; at < HASH_LENGTH; at++) scratch.bytes[at] = bytes[prevHash + at] ?? 0;
    const length = HASH_LENGTH + bytes.length - BEFORE_EVENT.length - BEHIND_EVENT;
    return hash("sha256", scratch.first(length), "hex");
  }

  /** What is hashed of the event. */
  #surface(): Uint8Array {
    return this.bytes.subarray(BEFORE_EVENT.length, this.bytes.length - BEHIND_EVENT);
  }

  /** Without making a text of what is only compared. */
  #hasHashAt(begin: number, hash: string): boolean {
    for (let at = 0; at < HASH_LENGTH; at++) {
      if (this.bytes[begin + at] !== hash.charCodeAt(at)) return false;
    }
    return hash.length === HASH_LENGTH;
  }

  #hashAt(begin: number): string {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + begin, HASH_LENGTH)
      .toString("latin1");
  }
}

/** Memory for what is hashed, which has to be in one piece. */
class Scratch {
  readonly bytes: Uint8Array;
  /** By their length: records of a log are much alike. */
  readonly #views: (Uint8Array | undefined)[] = [];

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }

  first(length: number): Uint8Array {
    return this.#views[length] ??= this.bytes.subarray(0, length);
  }
}

let scratch = new Scratch(4_096);

const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Reads a stored record.
 *
 * @throws {JsonError} that names what is wrong, as `readRecord` does
 */
export function readStoredRecord(bytes: Uint8Array): StoredRecord {
  const seq = scanRecord(bytes);
  return seq === undefined ? readWholly(bytes) : new StoredRecord(bytes, seq);
}

/**
 * Reads a stored record, its hashes as well: {@link readStoredRecord} leaves it to whoever compares
 * them to see that they are hashes.
 *
 * @throws {JsonError} that names what is wrong, as `readRecord` does
 */
export function readWholly(bytes: Uint8Array): StoredRecord {
  const { event } = readRecord(decode(bytes));
  return new StoredRecord(bytes, event.seq, event);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new JsonError("it is not UTF-8", { cause });
  }
}

/** A record's place in its log; `undefined` for what is in any way unusual, which is for others. */
function scanRecord(bytes: Uint8Array): number | undefined {
  const end = bytes.length - BEHIND_EVENT;
  const isRecord = end > 0 && hasAt(bytes, 0, BEFORE_EVENT) &&
    hasAt(bytes, end, BEFORE_EVENT_HASH) &&
    hasAt(bytes, bytes.length - EVENT_HASH + HASH_LENGTH, BEFORE_PREV_HASH) &&
    hasAt(bytes, bytes.length - END.length, END);
  return isRecord ? scanEvent(bytes, BEFORE_EVENT.length, end) : undefined;
}

/** The members of an event, in their order. */
const AGGREGATE_ID = ascii('{"aggregate_id":');
const HASH_VERSION = ascii(',"hash_version":"v2"');
const META = ascii(',"meta":');
const PAYLOAD = ascii(',"payload":');
const SEQ = ascii(',"seq":');
const TS = ascii(',"ts":');
const TYPE = ascii(',"type":');

/** How deep in a record the members of its event are. */
const DEPTH = 2;

const EMPTY_OBJECT_LENGTH = 2;
const CLOSE_OBJECT = 0x7d;

/** The place in the log of an event in canonical form, with all of its members in their order. */
function scanEvent(bytes: Uint8Array, begin: number, end: number): number | undefined {
  let at = skipText(bytes, behind(bytes, begin, AGGREGATE_ID));
  const version = behind(bytes, at, HASH_VERSION);
  const isFirstVersion = version < 0;
  if (!isFirstVersion) at = version;
  const meta = skipObject(bytes, behind(bytes, at, META), DEPTH);
  // The first version always has it, the second one never empty.
  const isEmpty = meta - at === META.length + EMPTY_OBJECT_LENGTH;
  if (isFirstVersion ? meta < 0 : isEmpty) return undefined;
  if (meta >= 0) at = meta;
  at = skipValue(bytes, behind(bytes, at, PAYLOAD), DEPTH);
  const seq = behind(bytes, at, SEQ);
  at = skipInteger(bytes, seq);
  const place = integer(bytes, seq, at);
  at = skipInteger(bytes, behind(bytes, at, TS));
  at = skipText(bytes, behind(bytes, at, TYPE));
  const isWhole = at === end - 1 && bytes[at] === CLOSE_OBJECT;
  return isWhole && Number.isSafeInteger(place) && place >= 0 ? place : undefined;
}

/** Where a name ends that stands at `at`; {@link NOT_CANONICAL}, at which nothing is, where not. */
function behind(bytes: Uint8Array, at: number, name: Uint8Array): number {
  return hasAt(bytes, at, name) ? at + name.length : NOT_CANONICAL;
}

function integer(bytes: Uint8Array, begin: number, end: number): number {
  let value = 0;
  for (let at = begin; at < end; at++) value = value * 10 + (bytes[at] ?? 0) - 0x30;
  return value;
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
