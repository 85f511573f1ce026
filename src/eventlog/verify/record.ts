/**
 * Verifies a record by itself: that its hash is the one of what it says.
 *
 * @module
 */
import { sha256, toHex } from "./bytes.ts";

/** A record whose hash is right, or why it was refused. */
export type VerifiedRecord =
  | {
    readonly ok: true;
    readonly seq: number;
    readonly eventHash: string;
    readonly prevHash: string;
  }
  | { readonly ok: false; readonly reason: RecordFault; readonly message: string };

/** Why a record is refused. */
export type RecordFault =
  /** It is no record. */
  | "malformed-record"
  /** Its hash is not the one of what it says. */
  | "wrong-event-hash";

/** A record: the event, then two hashes. */
const RECORD = /^\{"event":(\{.*\}),"event_hash":"([0-9a-f]{64})","prev_hash":"([0-9a-f]{64})"\}$/s;

/**
 * Verifies a record as it is stored. That an event says what it says is verified; not that the log
 * has it.
 *
 * @param record its text, byte by byte: numbers are hashed as they are written
 */
export async function verifyRecord(record: string): Promise<VerifiedRecord> {
  // Half of a surrogate pair has no bytes: another character's would be hashed.
  const [, event, eventHash, prevHash] = record.isWellFormed() ? RECORD.exec(record) ?? [] : [];
  const seq = event === undefined ? undefined : seqOf(event);
  if (eventHash === undefined || prevHash === undefined || seq === undefined) {
    return { ok: false, reason: "malformed-record", message: "this is no record of a log" };
  }
  const hash = toHex(await sha256(new TextEncoder().encode(prevHash + event)));
  return hash === eventHash ? { ok: true, seq, eventHash, prevHash } : {
    ok: false,
    reason: "wrong-event-hash",
    message: `the record has been changed: it says the hash ${eventHash}, but has ${hash}`,
  };
}

function seqOf(event: string): number | undefined {
  try {
    const parsed: unknown = JSON.parse(event);
    if (typeof parsed !== "object" || parsed === null || !("seq" in parsed)) return undefined;
    return Number.isSafeInteger(parsed.seq) ? Number(parsed.seq) : undefined;
  } catch {
    return undefined;
  }
}
