import { evidenceProofJson } from "../evidence/proof_routes.ts";
import { EVIDENCE_PROBLEMS } from "./evidence_operations.ts";
import { PROOF_PROBLEMS } from "./log_operations.ts";
import type { OperationText } from "./operation_text.ts";

/** The operations that make what is verified without this service. */
export const PROOF_OPERATIONS: Readonly<Record<string, OperationText>> = {
  GetEvidenceProof: {
    summary: "Prove what the log has about a decision",
    description: "Its events, the proofs that the log has them, the signed checkpoint, and the " +
      "bundles: everything that it takes to verify it offline.",
    tag: "proofs",
    answers: { 200: { description: "The proof.", schema: evidenceProofJson } },
    problems: [
      ...PROOF_PROBLEMS,
      ...EVIDENCE_PROBLEMS,
      "damagedEvidence",
      "unavailableIndex",
      "unavailableStore",
    ],
  },
  ExportEvidence: {
    summary: "Export evidence as an archive",
    description: "Bundles, attachments, the slice of the log, its checkpoint and key, and a " +
      "`VERIFY.md` that says how to check it all without this service.",
    tag: "proofs",
    answers: { 200: { description: "The archive.", type: "application/x-tar" } },
    problems: [
      ...PROOF_PROBLEMS,
      ...EVIDENCE_PROBLEMS,
      "damagedEvidence",
      "unavailableIndex",
      "unavailableStore",
    ],
  },
};
