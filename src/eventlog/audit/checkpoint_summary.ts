import type { CheckpointStore, KeptCheckpoint } from "../checkpoint/checkpoint_store.ts";
import { CheckpointTextError } from "../checkpoint/checkpoint_text.ts";
import { faultText, verifySignature } from "../checkpoint/verify_checkpoint.ts";
import type { PublicKey } from "../signing_key.ts";

/** What is said of a checkpoint, with names as existing operators know them. */
export interface CheckpointSummary {
  /** Its key. */
  readonly path: string;
  readonly event_index: number;
  /** `null` for what cannot be read. */
  readonly event_hash: string | null;
  readonly state_hash: string | null;
  readonly pubkey_id: string | null;
  /** `null` where no key was given. */
  readonly signature_valid: boolean | null;
  /** Whether its event has that hash in the log; `null` where that was not looked at. */
  readonly event_hash_valid: boolean | null;
  /** What is wrong with it. */
  readonly error: string | null;
}

/** What a checkpoint is held against. */
export interface CheckpointWitness {
  readonly publicKey?: PublicKey;
  /** The hash of an event in the log; `undefined` where it has none. Not looked at without it. */
  readonly hashAt?: (seq: number) => string | undefined;
}

/** What there is to say of a checkpoint that is kept. */
export async function checkpointSummary(
  store: CheckpointStore,
  kept: KeptCheckpoint,
  { publicKey, hashAt }: CheckpointWitness,
): Promise<CheckpointSummary> {
  const named = { path: kept.key, event_index: kept.eventIndex };
  try {
    const checkpoint = await store.read(kept);
    if (checkpoint === undefined) throw new CheckpointTextError("it is gone");
    const { eventHash, stateHash, pubkeyId, eventIndex } = checkpoint;
    const verdict = publicKey && verifySignature(checkpoint, publicKey);
    const isEvent = hashAt && hashAt(eventIndex) === eventHash;
    const signatureError = verdict === undefined || verdict.ok ? null : faultText(verdict.fault);
    return {
      ...named,
      event_hash: eventHash,
      state_hash: stateHash,
      pubkey_id: pubkeyId,
      signature_valid: verdict?.ok ?? null,
      event_hash_valid: isEvent ?? null,
      error: signatureError ?? (isEvent === false ? "event_hash mismatch" : null),
    };
  } catch (error) {
    if (!(error instanceof CheckpointTextError)) throw error;
    return {
      ...named,
      event_hash: null,
      state_hash: null,
      pubkey_id: null,
      signature_valid: publicKey === undefined ? null : false,
      event_hash_valid: null,
      error: error.message,
    };
  }
}
