/**
 * State checkpoints, as existing operators keep them: what a log had come to at one of its events,
 * signed.
 *
 * @module
 */
import { canonicalJson } from "../canonical_json.ts";
import { JsonNumber, type JsonObject } from "../json.ts";
import type { SigningKey } from "../signing_key.ts";

/** What is signed of a checkpoint, but for the version of the format. */
export interface SignedFields {
  /** `seq` of the last event that went into the state. */
  readonly eventIndex: number;
  /** The hash of that event: 64 digits of hex. */
  readonly eventHash: string;
  /** SHA-256 of the state's bytes: 64 digits of hex. */
  readonly stateHash: string;
  /** The time of that event, as its writer counts it: an integer. */
  readonly createdAtLogical: JsonNumber;
  /** Which key signed: `PublicKey.id`. */
  readonly pubkeyId: string;
}

/** A checkpoint. Whether it is right is for others to say. */
export interface StateCheckpoint extends SignedFields {
  /** The state in canonical JSON. Not signed: its hash is. */
  readonly stateBytes: Uint8Array;
  /** Ed25519: 64 bytes. */
  readonly signature: Uint8Array;
  /** Whatever its writer adds. Nobody signs it, and nothing may depend on it. */
  readonly meta: JsonObject;
}

/** The version of the format: the only one. */
export const CHECKPOINT_VERSION = 1;

/** Signs what a checkpoint says. */
export function signCheckpoint(
  content: Omit<StateCheckpoint, "pubkeyId" | "signature">,
  key: SigningKey,
): StateCheckpoint {
  const unsigned = { ...content, pubkeyId: key.publicKey.id };
  return { ...unsigned, signature: key.sign(signedBytes(unsigned)) };
}

/** What the signature is over: canonical JSON. */
export function signedBytes(checkpoint: SignedFields): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(canonicalJson(signedPart(checkpoint)));
}

function signedPart(
  { eventIndex, eventHash, stateHash, createdAtLogical, pubkeyId }: SignedFields,
): JsonObject {
  return {
    version: new JsonNumber(String(CHECKPOINT_VERSION)),
    event_index: new JsonNumber(String(eventIndex)),
    event_hash: eventHash,
    state_hash: stateHash,
    created_at_logical: createdAtLogical,
    pubkey_id: pubkeyId,
  };
}
