import type { EventLog } from "../event_log.ts";
import type { PublicKey } from "../signing_key.ts";
import { LogFault, type LogPosition } from "../verifier.ts";
import type { StateCheckpoint } from "./state_checkpoint.ts";
import { type CheckpointFault, faultText, verifySignature } from "./verify_checkpoint.ts";

/** A checkpoint that is not right. */
export class CheckpointFaultError extends Error {
  override readonly name = "CheckpointFaultError";

  constructor(readonly fault: CheckpointFault) {
    super(faultText(fault));
  }
}

/**
 * The position behind a checkpoint's event, from which a log can be read and verified instead of
 * from its beginning.
 *
 * @throws {CheckpointFaultError} for a checkpoint that is not one of that key
 */
export function trustedPosition(checkpoint: StateCheckpoint, publicKey: PublicKey): LogPosition {
  const verdict = verifySignature(checkpoint, publicKey);
  if (!verdict.ok) throw new CheckpointFaultError(verdict.fault);
  return { nextSeq: checkpoint.eventIndex + 1, prevHash: checkpoint.eventHash };
}

/**
 * Whether a log has the event that a position stands behind, with that hash. What comes before it is
 * not verified.
 *
 * @throws {LogStoreError} where the log cannot be read
 */
export async function isPositionOf(
  log: Pick<EventLog, "read">,
  position: LogPosition,
): Promise<boolean> {
  const { nextSeq } = position;
  try {
    for await (const _ of log.read({ fromSeq: nextSeq, toSeq: nextSeq, trusted: position })) break;
    return true;
  } catch (error) {
    if (!(error instanceof LogFault)) throw error;
    // What is wrong behind the position says nothing about it.
    return error.seq >= nextSeq;
  }
}
