/**
 * Whether a checkpoint is right.
 *
 * @module
 */
import { checkpointVerifyFailuresTotal } from "../../telemetry/metrics.ts";
import type { EventLog } from "../event_log.ts";
import type { PublicKey } from "../signing_key.ts";
import { LogFault } from "../verifier.ts";
import { replay } from "./replay.ts";
import { stateBytes, stateHash, type StateReducer } from "./state.ts";
import { signedBytes, type StateCheckpoint } from "./state_checkpoint.ts";

/** What is looked at. `signature` stops after the first three. */
export type CheckpointCheck =
  /** The key is the one that it says. */
  | "pubkey_id"
  | "signature"
  /** The state's bytes are the ones that were signed. */
  | "state_hash"
  /** The log verifies up to the checkpoint's event. */
  | "log"
  /** The event has that hash in the log. */
  | "event_hash"
  /** The log's events come to that state. */
  | "replayed_state";

/** The first thing that is wrong with a checkpoint. */
export interface CheckpointFault {
  readonly check: CheckpointCheck;
  readonly expected: string;
  readonly found: string;
}

/** A fault on one line. */
export function faultText({ check, expected, found }: CheckpointFault): string {
  return `${check}: expected ${expected}, found ${found}`;
}

/** What was found. */
export type CheckpointVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly fault: CheckpointFault };

/** What a checkpoint is held against in full. */
export interface FullVerification {
  readonly log: Pick<EventLog, "read">;
  readonly reducer: StateReducer;
}

/** Whether a checkpoint is one of that key, with the state that was signed. Reads no log. */
export function verifySignature(
  checkpoint: StateCheckpoint,
  publicKey: PublicKey,
): CheckpointVerdict {
  return counted(signatureFault(checkpoint, publicKey));
}

/**
 * Whether a checkpoint is one of that key, and of that log: the log is verified from its beginning
 * up to the checkpoint's event, and its events are taken in anew.
 *
 * @throws {LogStoreError} where the log cannot be read
 */
export async function verifyFull(
  checkpoint: StateCheckpoint,
  publicKey: PublicKey,
  against: FullVerification,
): Promise<CheckpointVerdict> {
  return counted(
    signatureFault(checkpoint, publicKey) ?? await logFault(checkpoint, against),
  );
}

function counted(fault: CheckpointFault | undefined): CheckpointVerdict {
  if (fault === undefined) return { ok: true };
  checkpointVerifyFailuresTotal.inc();
  return { ok: false, fault };
}

function signatureFault(
  checkpoint: StateCheckpoint,
  publicKey: PublicKey,
): CheckpointFault | undefined {
  const { pubkeyId, signature, stateBytes } = checkpoint;
  const { id } = publicKey;
  if (pubkeyId !== id) return { check: "pubkey_id", expected: id, found: pubkeyId };
  if (!publicKey.verify(signedBytes(checkpoint), signature)) {
    return { check: "signature", expected: `a signature of ${id}`, found: "another" };
  }
  const found = stateHash(stateBytes);
  return found === checkpoint.stateHash
    ? undefined
    : { check: "state_hash", expected: checkpoint.stateHash, found };
}

async function logFault(
  { eventIndex, eventHash, stateHash: expected }: StateCheckpoint,
  { log, reducer }: FullVerification,
): Promise<CheckpointFault | undefined> {
  try {
    const { position, state } = await replay(log, reducer, { toSeq: eventIndex });
    if (position.nextSeq !== eventIndex + 1) {
      const found = `${position.nextSeq} events`;
      return { check: "log", expected: `${eventIndex + 1} events`, found };
    }
    if (position.prevHash !== eventHash) {
      return { check: "event_hash", expected: position.prevHash, found: eventHash };
    }
    const found = stateHash(stateBytes(state));
    return found === expected ? undefined : { check: "replayed_state", expected, found };
  } catch (error) {
    if (!(error instanceof LogFault)) throw error;
    return { check: "log", expected: "a log that verifies", found: error.message };
  }
}
