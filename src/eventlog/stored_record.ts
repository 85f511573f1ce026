/**
 * Records as they are stored, read no further than it takes to verify them.
 *
 * @module
 */
import { skipInteger, skipObject, skipText, skipValue } from "./canonical_scanner.ts";
import { type LogEvent, readEvent } from "./event.ts";
import { parseJson } from "./json.ts";
import { type LogRecord, readRecord, surfaceHash } from "./record.ts";

/** A record that is read when it is asked for its event. */
export class StoredRecord implements LogRecord {
  #event: LogEvent | undefined;

  /** @param text the record as it is stored */
  constructor(
    readonly prevHash: string,
    readonly eventHash: string,
    readonly seq: number,
    readonly text: string,
    event?: LogEvent,
  ) {
    this.#event = event;
  }

  /** What is hashed of the event: canonical JSON. */
  get surface(): string {
    return this.text.slice(BEFORE_EVENT.length, -HASHES_LENGTH);
  }

  /** @throws {JsonError} never for a record that {@link scanRecord} has read */
  get event(): LogEvent {
    return this.#event ??= readEvent(parseJson(this.surface));
  }

  /** The hash that it ought to have. */
  expectedHash(): string {
    return surfaceHash(this.prevHash, this.surface);
  }
}

/** `{"event":` */
const BEFORE_EVENT = '{"event":';

/** What stands behind the event in a record, and how long a hash is in it. */
const [BEFORE_EVENT_HASH, BEFORE_PREV_HASH, END] = [',"event_hash":"', '","prev_hash":"', '"}'];
const HASH_LENGTH = 64;
const HASHES_LENGTH = BEFORE_EVENT_HASH.length + BEFORE_PREV_HASH.length + END.length +
  2 * HASH_LENGTH;

/**
 * Reads a stored record.
 *
 * @throws {JsonError} that names what is wrong, as `readRecord` does
 */
export function readStoredRecord(stored: string): StoredRecord {
  return scanRecord(stored) ?? parsed(stored);
}

function parsed(stored: string): StoredRecord {
  const { prevHash, eventHash, event } = readRecord(stored);
  return new StoredRecord(prevHash, eventHash, event.seq, stored, event);
}

/** `undefined` for what is in any way unusual, which is for others to read. */
function scanRecord(stored: string): StoredRecord | undefined {
  const end = stored.length - HASHES_LENGTH;
  if (end < 0 || !stored.startsWith(BEFORE_EVENT)) return undefined;
  const eventHash = end + BEFORE_EVENT_HASH.length;
  const prevHash = eventHash + HASH_LENGTH + BEFORE_PREV_HASH.length;
  const hasHashes = stored.startsWith(BEFORE_EVENT_HASH, end) && stored.endsWith(END) &&
    stored.startsWith(BEFORE_PREV_HASH, eventHash + HASH_LENGTH);
  const seq = scanEvent(stored, BEFORE_EVENT.length, end);
  if (!hasHashes || seq === undefined) return undefined;
  return new StoredRecord(
    stored.slice(prevHash, prevHash + HASH_LENGTH),
    stored.slice(eventHash, eventHash + HASH_LENGTH),
    seq,
    stored,
  );
}

/** The place in the log of an event in canonical form, with all of its members in their order. */
function scanEvent(text: string, begin: number, end: number): number | undefined {
  let at = member(text, begin, '{"aggregate_id":', skipText);
  const version = member(text, at, ',"hash_version":"v2"', nothing);
  const isFirstVersion = version < 0;
  if (!isFirstVersion) at = version;
  const meta = member(text, at, ',"meta":', skipObject);
  // The first version always has it, the second one never empty.
  if (isFirstVersion ? meta < 0 : meta - at === ',"meta":{}'.length) return undefined;
  if (meta >= 0) at = meta;
  at = member(text, at, ',"payload":', skipValue);
  const seq = at + ',"seq":'.length;
  at = member(text, at, ',"seq":', skipInteger);
  const place = Number(text.slice(seq, at));
  at = member(text, at, ',"ts":', skipInteger);
  at = member(text, at, ',"type":', skipText);
  const isWhole = at === end - 1 && text[at] === "}";
  return isWhole && Number.isSafeInteger(place) && place >= 0 ? place : undefined;
}

/** Where a member that begins at `at` ends; negative where it is not there, or `at` is negative. */
function member(
  text: string,
  at: number,
  name: string,
  skip: (text: string, at: number) => number,
): number {
  return at >= 0 && text.startsWith(name, at) ? skip(text, at + name.length) : -1;
}

function nothing(_text: string, at: number): number {
  return at;
}
