import { JsonError } from "../../eventlog/json.ts";
import type { ProofFault } from "../../eventlog/verify/verify_proof.ts";

/** Why a proof about evidence is refused. */
export type EvidenceFault =
  /** Faults of the key, the checkpoint, a record or its place in the log. */
  | ProofFault
  /** It is no proof about evidence. */
  | "malformed-evidence-proof"
  /** An event is proven against another checkpoint than the proof's. */
  | "another-checkpoint"
  /** Events are not in the order of the log, or one of them comes twice. */
  | "wrong-order"
  /** What comes before is missing, or a page in between. */
  | "missing-page"
  /** An event, or a bundle, is about another decision. */
  | "another-decision"
  /** An event does not say what it ought to. */
  | "malformed-event"
  /** A bundle, or the version that it corrects, has no event. */
  | "missing-event"
  /** An event says that there is a bundle, and the proof has it not. */
  | "missing-bundle"
  /** Something was stored twice under one key, or is in the proof twice. */
  | "repeated"
  /** A bundle has not the bytes that its event tells the size and the hash of. */
  | "changed-bundle"
  /** Its bytes are those of its event, but no bundle. */
  | "malformed-bundle"
  /** A bundle says another checksum than its evidence has. */
  | "wrong-checksum"
  /** A bundle says something else than its event. */
  | "contradicts-event"
  /** A key is not the one of what is kept there. */
  | "wrong-key"
  /** A correction does not correct the version before it. */
  | "broken-chain";

/** Ends the verification of a proof. */
export class EvidenceFaultError extends Error {
  override readonly name = "EvidenceFaultError";
  readonly reason: EvidenceFault;

  constructor(reason: EvidenceFault, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Runs what reads JSON: what it cannot read is that fault. */
export function faultWhere<T>(reason: EvidenceFault, what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw faultOf(reason, what, error);
  }
}

/** JSON that cannot be read as that fault; any other error as it is. */
export function faultOf(reason: EvidenceFault, what: string, error: unknown): unknown {
  if (!(error instanceof JsonError)) return error;
  return new EvidenceFaultError(reason, `${what}: ${error.message}`);
}
