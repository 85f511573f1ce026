import { inDecision } from "../metadata/evidence.ts";
import { markAttachmentDeleting } from "../metadata/evidence_attachments.ts";
import { findDecision } from "../metadata/evidence_decisions.ts";
import { insertEntries, type OutboxEntry } from "../metadata/evidence_outbox.ts";
import { statement } from "../metadata/sql.ts";
import { attachmentName } from "./attachment_name.ts";
import { goneAttachment, noAttachment } from "./attachment_object.ts";
import type { EvidenceContext } from "./context.ts";
import { deletionEntry } from "./deletion_entry.ts";
import type { EventPlace } from "./model.ts";
import { finishOwn, takeOver } from "./outbox.ts";
import { demandDeletable } from "./retention.ts";

/** A deletion: one that begins, or one that somebody has begun. */
type Deletion =
  | { readonly kind: "begun"; readonly entry: OutboxEntry }
  | { readonly kind: "underWay"; readonly id: string };

/**
 * Deletes one attachment of a decision; a deletion that was begun is gone on with. Its name is not given
 * to anything else.
 *
 * @throws {EvidenceError} `invalid`, `notFound`, `gone`, `retained`
 */
export async function removeAttachment(
  context: EvidenceContext,
  decisionId: string,
  sentName: string,
  actor: string,
): Promise<EventPlace> {
  const name = attachmentName(sentName);
  const fromSeq = await context.recorder.fromSeq();
  const deletion = await statement(
    "evidence-attachments.begin-deletion",
    () =>
      inDecision(context.sql, decisionId, async (tx): Promise<Deletion> => {
        const state = await findDecision(tx, decisionId);
        const attachment = state.attachments.find((one) => one.name === name);
        if (attachment === undefined || attachment.state === "pending") throw noAttachment();
        const begun = state.entries.find(({ objectKey }) => objectKey === attachment.key);
        if (begun !== undefined) return { kind: "underWay", id: begun.id };
        if (attachment.state !== "stored") throw goneAttachment();
        demandDeletable(context, { ...state, attachments: [attachment] });
        const object = { ...attachment, checksum: attachment.sha256 };
        const entry = deletionEntry(object, { actor, decisionId, fromSeq });
        await markAttachmentDeleting(tx, decisionId, name);
        await insertEntries(tx, [entry]);
        return { kind: "begun", entry };
      }),
  );
  const place = deletion.kind === "begun"
    ? await finishOwn(context, deletion.entry)
    : await takeOver(context, deletion.id);
  if (place === undefined) throw goneAttachment();
  return place;
}
