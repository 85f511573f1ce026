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

/** Whether an event is one of those that the evidence room writes; others may be about the same. */
export function isOfEvidence({ event: { type } }: StoredRecord): boolean {
  return Object.hasOwn(TYPES, type);
}
