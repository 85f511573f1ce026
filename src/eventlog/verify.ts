/**
 * Verifies proofs about a log, with Web Crypto alone: in a browser and at the edge too. Nothing here
 * comes from `node:`, and nothing asks anybody.
 *
 * @module
 */
export {
  type Checkpoint,
  type CheckpointFault,
  openCheckpoint,
  type OpenedCheckpoint,
} from "./verify/checkpoint.ts";
export { type Tree, verifyConsistency, verifyInclusion } from "./verify/merkle.ts";
export { NoteError, parseVerifierKey, type VerifierKey } from "./verify/note.ts";
export { type LogProof, parseProof, proofText } from "./verify/proof.ts";
export { type RecordFault, type VerifiedRecord, verifyRecord } from "./verify/record.ts";
export {
  type ProofFault,
  type ProofToVerify,
  type VerifiedProof,
  verifyProof,
  verifyRecordIn,
} from "./verify/verify_proof.ts";
