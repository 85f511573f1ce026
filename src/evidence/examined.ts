import { JsonError } from "../eventlog/json.ts";
import { checksumOf } from "./bundle_bytes.ts";
import { createdAtInstant } from "./created_at.ts";
import { EvidenceError } from "./evidence_error.ts";
import { fingerprint } from "./fingerprint.ts";
import type { NewBundle } from "./model.ts";
import { DECISION_ID, EVIDENCE_TYPE, SHA256, VERSION } from "./names.ts";

/** Evidence that can be stored, and what is known of it from itself alone. */
export interface Examined extends NewBundle {
  /** Of the evidence in Python's form, hex. */
  readonly checksum: string;
  /** Hex. */
  readonly fingerprint: string;
}

/** The first year that a bundle can be of. */
const FIRST_YEAR = 1970;

/** What may be wrong with evidence, by the name of its member. */
const FAULTS: Readonly<Record<string, (bundle: NewBundle) => boolean>> = {
  decision_id: ({ decisionId }) => !DECISION_ID.test(decisionId),
  evidence_type: ({ evidenceType }) => !EVIDENCE_TYPE.test(evidenceType),
  version: ({ version }) => version !== undefined && !VERSION.test(version),
  created_at: ({ createdAt }) => createdAt !== undefined && !isTime(createdAt),
  corrects: ({ corrects }) => corrects !== undefined && !SHA256.test(corrects),
  // It is where the link of a correction stands.
  "metadata.previous": ({ metadata }) => Object.hasOwn(metadata, "previous"),
};

/** @throws {EvidenceError} `invalid`, with the name of the member that cannot be stored */
export function examine(bundle: NewBundle): Examined {
  const faulty = Object.entries(FAULTS).find(([, isFault]) => isFault(bundle));
  if (faulty !== undefined) throw invalid(faulty[0], "it has not its form");
  const checksum = written("evidence_data", () => checksumOf(bundle.evidenceData));
  return { ...bundle, checksum, fingerprint: written("metadata", () => fingerprint(bundle)) };
}

/** @throws {EvidenceError} `invalid` where JSON cannot be written */
export function written<T>(member: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (error instanceof JsonError) throw invalid(member, error.message, error);
    throw error;
  }
}

function isTime(text: string): boolean {
  const year = createdAtInstant(text)?.getUTCFullYear();
  return year !== undefined && year >= FIRST_YEAR;
}

function invalid(member: string, why: string, cause?: JsonError): EvidenceError {
  return new EvidenceError("invalid", `${member} cannot be stored: ${why}`, { member }, { cause });
}
