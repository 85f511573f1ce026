import type { JsonObject } from "../eventlog/json.ts";
import { type BundleRow, inDecision } from "../metadata/evidence.ts";
import { type DecisionState, findDecision, markDeleting } from "../metadata/evidence_decisions.ts";
import { insertEntries, type OutboxEntry } from "../metadata/evidence_outbox.ts";
import { statement } from "../metadata/sql.ts";
import type { EvidenceContext } from "./context.ts";
import { deletionEntry, type DeletionRequest } from "./deletion_entry.ts";
import { goneEvidence, noEvidence } from "./find.ts";
import type { EventPlace, EvidenceEventType } from "./model.ts";
import { finishOwn } from "./outbox.ts";
import { demandDeletable } from "./retention.ts";
import { busy, settle } from "./settle.ts";

/** What must be in the log before the deletion of a decision's evidence begins. */
const BEFORE: readonly EvidenceEventType[] = [
  "EvidenceStored",
  "AttachmentStored",
  "EvidenceHeld",
  "EvidenceReleased",
  "EvidenceDeleted",
];

/** So often somebody else may begin something at the same moment. */
const MOST_ATTEMPTS = 10;

/**
 * Deletes all versions of a decision's evidence, and its attachments; a deletion that was begun is gone
 * on with.
 *
 * @returns the events, one for each object
 * @throws {EvidenceError} `notFound`, `gone`, `retained`, `busy`
 */
export async function remove(
  context: EvidenceContext,
  decisionId: string,
  actor: string,
): Promise<readonly EventPlace[]> {
  for (let attempt = 1;; attempt++) {
    const helped = (await settle(context, decisionId, BEFORE))
      .filter(({ eventType }) => eventType === "EvidenceDeleted");
    const fromSeq = await context.recorder.fromSeq();
    const begun = await statement(
      "evidence.begin-deletion",
      () =>
        inDecision(context.sql, decisionId, async (tx) => {
          const state = await findDecision(tx, decisionId);
          if (state.bundles.length === 0) throw noEvidence(decisionId);
          if (isDeleted(state)) return "deleted";
          // Somebody has begun something since.
          if (!isSettled(state)) return "busy";
          demandDeletable(context, state);
          const entries = entriesFor(state, { actor, decisionId, fromSeq });
          await markDeleting(tx, decisionId);
          await insertEntries(tx, entries);
          return entries;
        }),
    );
    if (begun === "deleted" && helped.length === 0) throw goneEvidence(decisionId);
    if (begun === "deleted") return helped.map(({ place }) => place);
    if (begun !== "busy") return await finishAll(context, begun);
    if (attempt === MOST_ATTEMPTS) throw busy(decisionId);
  }
}

function isDeleted({ bundles }: DecisionState): boolean {
  return bundles.every(({ state }) => state === "deleted");
}

function isSettled({ attachments, bundles, entries }: DecisionState): boolean {
  return [...bundles, ...attachments].every(({ state }) =>
    state === "stored" || state === "deleted"
  ) && !entries.some(({ eventType }) => BEFORE.includes(eventType));
}

/** One for each object; those that were added last go first, and evidence after its attachments. */
function entriesFor(
  { attachments, bundles }: DecisionState,
  request: DeletionRequest,
): readonly OutboxEntry[] {
  const objects = [
    ...attachments.map((attachment) => ({ ...attachment, checksum: attachment.sha256, said: {} })),
    ...bundles.toReversed().map((bundle) => ({ ...bundle, said: whatWas(bundle) })),
  ];
  return objects.filter(({ state }) => state === "stored")
    .map(({ said, ...object }) => deletionEntry(object, request, said));
}

/** By this an index that is made again knows the id of what nobody has stored by an event. */
function whatWas({ createdText, evidenceType, version }: BundleRow): JsonObject {
  return { evidence_type: evidenceType, version, created_at: createdText };
}

/** What cannot be deleted now is left for later, and holds up nothing else. */
async function finishAll(
  context: EvidenceContext,
  entries: readonly OutboxEntry[],
): Promise<readonly EventPlace[]> {
  const places: EventPlace[] = [];
  const faults: unknown[] = [];
  for (const entry of entries) {
    try {
      const place = await finishOwn(context, entry);
      if (place !== undefined) places.push(place);
    } catch (error) {
      faults.push(error);
    }
  }
  if (faults.length > 0) throw faults[0];
  return places;
}
