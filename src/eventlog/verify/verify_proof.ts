import { type Checkpoint, type CheckpointFault, openCheckpoint } from "./checkpoint.ts";
import { verifyInclusion } from "./merkle.ts";
import { NoteError, parseVerifierKey } from "./note.ts";
import { type LogProof, parseProof } from "./proof.ts";
import { type RecordFault, verifyRecord } from "./record.ts";

/** What is verified. */
export interface ProofToVerify {
  /** As it is stored; an end of line behind it does not count. */
  readonly record: string;
  /** The text of a proof: C2SP tlog-proof. */
  readonly proof: string;
  /** Whom to trust: `name+keyid+key`. */
  readonly verifierKey: string;
  /** The log that it must be of; the one that the key is named after without it. */
  readonly origin?: string;
}

/** What a proof proves, or why it proves nothing. */
export type VerifiedProof =
  | {
    readonly ok: true;
    readonly seq: number;
    /** How many events the log had when its checkpoint was signed. */
    readonly size: number;
    /** Name of the log. */
    readonly origin: string;
    readonly eventHash: string;
  }
  | { readonly ok: false; readonly reason: ProofFault; readonly message: string };

/** Why a proof is refused. */
export type ProofFault =
  | RecordFault
  | CheckpointFault
  | "malformed-key"
  | "malformed-proof"
  /** The proof is about another place in the log than the record's. */
  | "wrong-index"
  /** The record is not the one at that place in the tree that was signed. */
  | "not-included";

/**
 * Verifies that a log has a record: the record's own hash, the log's signature, and the way from the
 * record to the root that was signed. Nobody is asked.
 */
export async function verifyProof(given: ProofToVerify): Promise<VerifiedProof> {
  const key = await parsed("malformed-key", () => parseVerifierKey(given.verifierKey.trim()));
  if (!key.ok) return key;
  const proof = await parsed("malformed-proof", () => parseProof(given.proof));
  if (!proof.ok) return proof;
  const opened = await openCheckpoint(proof.value.note, key.value, given.origin);
  if (!opened.ok) return opened;
  return await verifyRecordIn(opened.checkpoint, given.record, proof.value);
}

/**
 * Verifies that a record is in a tree whose checkpoint has been verified already.
 *
 * @param record as it is stored; an end of line behind it does not count
 * @param proof its checkpoint is not looked at
 */
export async function verifyRecordIn(
  checkpoint: Checkpoint,
  record: string,
  { index, hashes }: Pick<LogProof, "index" | "hashes">,
): Promise<VerifiedProof> {
  const text = record.replace(/\r?\n$/, "");
  const verified = await verifyRecord(text);
  if (!verified.ok) return verified;
  const { seq, eventHash } = verified;
  if (seq !== index) return failed("wrong-index", `the record is ${seq}, the proof about ${index}`);
  const entry = new TextEncoder().encode(text);
  if (!await verifyInclusion(entry, index, checkpoint, hashes)) {
    return failed("not-included", "this record is not the one in the log that was signed");
  }
  return { ok: true, seq, size: checkpoint.size, origin: checkpoint.origin, eventHash };
}

type Failed = Extract<VerifiedProof, { ok: false }>;

function failed(reason: ProofFault, message: string): Failed {
  return { ok: false, reason, message };
}

async function parsed<T>(
  reason: ProofFault,
  parse: () => T | Promise<T>,
): Promise<{ readonly ok: true; readonly value: T } | Failed> {
  try {
    return { ok: true, value: await parse() };
  } catch (error) {
    if (error instanceof NoteError) return failed(reason, error.message);
    throw error;
  }
}
