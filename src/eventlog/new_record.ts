import { canonicalJson } from "./canonical_json.ts";
import type { NewEvent } from "./event_log.ts";
import { JsonError } from "./json.ts";
import { chain, type LogRecord, recordBytes } from "./record.ts";
import { readStoredRecord } from "./stored_record.ts";
import type { LogPosition } from "./verifier.ts";

/**
 * Most digits of an integer: programs in Python refuse a log with a longer one, all of it.
 * Source: Python, "Integer string conversion length limitation".
 */
const MOST_DIGITS = 4_300;

const TOO_LONG = new RegExp(`[0-9]{${MOST_DIGITS + 1}}`);

const TEXTS = /"(?:[^"\\]|\\.)*"/g;

/**
 * The record of an event at the end of a log.
 *
 * @throws {EventTooLargeError}
 * @throws {JsonError} for what cannot be written, or would not be read by everybody
 */
export function newRecord(
  { nextSeq, prevHash }: LogPosition,
  event: NewEvent,
): { readonly record: LogRecord; readonly bytes: Uint8Array<ArrayBuffer> } {
  const record = chain(prevHash, { meta: {}, ...event, seq: nextSeq });
  const bytes = recordBytes(record);
  // One that cannot be read again would be the end of the log.
  readStoredRecord(bytes);
  if (bytes.length > MOST_DIGITS) demandShortIntegers(event);
  return { record, bytes };
}

function demandShortIntegers({ meta = {}, payload, ts }: NewEvent): void {
  const written = canonicalJson({ meta, payload, ts });
  if (!TOO_LONG.test(written) || !TOO_LONG.test(written.replace(TEXTS, ""))) return;
  throw new JsonError(`an integer has more than ${MOST_DIGITS} digits`);
}
