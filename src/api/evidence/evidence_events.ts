import type { EventFilter } from "../../metadata/log_index.ts";
import type { EvidenceEventType } from "../../evidence/model.ts";

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

/** Whether events of a type are the evidence room's alone. */
export function isEvidenceEventType(type: string): boolean {
  return Object.hasOwn(TYPES, type);
}

/**
 * What the evidence room has written about a decision. Others may write of the same, as much as they
 * like: to read that takes the right to read the log.
 */
export function eventsOfEvidence(decisionId: string): EventFilter {
  return { aggregateId: decisionId, types: EVIDENCE_EVENT_TYPES };
}
