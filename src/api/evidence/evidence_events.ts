import type { EvidenceEventType } from "../../evidence/model.ts";
import type { StoredRecord } from "../../eventlog/stored_record.ts";

const TYPES: Readonly<Record<EvidenceEventType, true>> = {
  AttachmentStored: true,
  EvidenceDeleted: true,
  EvidenceHeld: true,
  EvidenceReleased: true,
  EvidenceShared: true,
  EvidenceStored: true,
};

/** Types that nobody else may give to events: with one, evidence could be said to be deleted that is not. */
export const EVIDENCE_EVENT_TYPES: readonly string[] = Object.keys(TYPES);

/** Whether an event is one of those that the evidence room writes; others may be about the same. */
export function isOfEvidence({ event: { type } }: StoredRecord): boolean {
  return isEvidenceEventType(type);
}

/** Whether events of a type are the evidence room's alone. */
export function isEvidenceEventType(type: string): boolean {
  return Object.hasOwn(TYPES, type);
}
