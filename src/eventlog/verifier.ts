/**
 * Verifies a log, record by record.
 *
 * @module
 */
import { JsonError } from "./json.ts";
import { FIRST_PREV_HASH } from "./record.ts";
import { readStoredRecord, readWholly, type StoredRecord } from "./stored_record.ts";

/** What can be wrong with a record. */
export type FaultCause =
  /** It cannot be read. */
  | "malformed"
  /** It is not the next one. */
  | "seq"
  /** It does not follow the one before. */
  | "prev_hash"
  /** The log has become shorter than it was. */
  | "truncated"
  /** It is not what was hashed. */
  | "event_hash";

/** The first thing that is wrong with a log. */
export class LogFault extends Error {
  override readonly name = "LogFault";

  /**
   * @param seq of the record that ought to be there
   * @param expected what ought to be there; `found` is what is
   */
  constructor(
    readonly seq: number,
    readonly kind: FaultCause,
    readonly expected: string,
    readonly found: string,
  ) {
    super(`seq ${seq}: ${kind}: expected ${expected}, found ${found}`);
  }
}

/** A place in a log: how many events stand before it, and the hash of the last of them. */
export interface LogPosition {
  readonly nextSeq: number;
  readonly prevHash: string;
}

/** Where every log begins. */
export const BEGINNING: LogPosition = { nextSeq: 0, prevHash: FIRST_PREV_HASH };

/**
 * Sees to it that a log is the one of a position: the record before it has the hash that it says.
 *
 * @param stored the record `position.nextSeq - 1`, as its bytes are stored
 * @throws {LogFault} where it has not
 */
export function confirmPosition(stored: Uint8Array, { nextSeq, prevHash }: LogPosition): void {
  const record = readAt(stored, nextSeq - 1, readWholly);
  if (record.seq !== nextSeq - 1) {
    throw new LogFault(nextSeq - 1, "seq", String(nextSeq - 1), String(record.seq));
  }
  const hash = record.expectedHash();
  if (hash !== prevHash || record.eventHash !== prevHash) {
    throw new LogFault(nextSeq - 1, "event_hash", prevHash, hash);
  }
}

/** Goes along a log, and stops at the first fault. */
export class LogVerifier {
  #position: LogPosition;

  /** @param from a position that is trusted, such as that of a verified checkpoint */
  constructor(from: LogPosition = BEGINNING) {
    this.#position = from;
  }

  /** How far the log is right. */
  get position(): LogPosition {
    return this.#position;
  }

  /**
   * Takes the next record, as it is stored.
   *
   * @throws {LogFault}
   */
  accept(stored: Uint8Array): StoredRecord {
    const { nextSeq, prevHash } = this.#position;
    const record = readAt(stored, nextSeq);
    const { seq } = record;
    if (seq !== nextSeq) throw new LogFault(nextSeq, "seq", String(nextSeq), String(seq));
    if (!record.follows(prevHash)) {
      const { prevHash: found } = readAt(stored, seq, readWholly);
      throw new LogFault(seq, "prev_hash", prevHash, found);
    }
    const hash = record.expectedHash();
    if (!record.hasHash(hash)) {
      const { eventHash: found } = readAt(stored, seq, readWholly);
      throw new LogFault(seq, "event_hash", hash, found);
    }
    this.#position = { nextSeq: nextSeq + 1, prevHash: hash };
    return record;
  }
}

/**
 * Reads a record.
 *
 * @param nextSeq of the record that ought to be there
 * @param read how far
 * @throws {LogFault}
 */
export function readAt(
  stored: Uint8Array,
  nextSeq: number,
  read: (stored: Uint8Array) => StoredRecord = readStoredRecord,
): StoredRecord {
  try {
    return read(stored);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new LogFault(nextSeq, "malformed", "a record", error.message);
  }
}
