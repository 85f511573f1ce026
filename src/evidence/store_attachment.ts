import { canonicalJson } from "../eventlog/canonical_json.ts";
import {
  arriveAttachment,
  type AttachmentRow,
  beginAttachment,
  findAttachmentRow,
  MOST_ATTACHMENTS,
} from "../metadata/evidence_attachments.ts";
import { entriesOf } from "../metadata/evidence_outbox.ts";
import { attachmentName } from "./attachment_name.ts";
import {
  goneAttachment,
  isWrittenBy,
  type NewAttachment,
  storedPayload,
} from "./attachment_object.ts";
import type { AttachmentSource } from "./attachment_source.ts";
import type { EvidenceContext } from "./context.ts";
import { EvidenceError } from "./evidence_error.ts";
import { goneEvidence, noEvidence } from "./find.ts";
import type { KeptAttachment } from "./model.ts";
import { attachmentKey } from "./names.ts";
import { finishOwn, takeOver } from "./outbox.ts";
import { type IncomingAttachment, tooLong, writeAttachment } from "./write_attachment.ts";

/** An attachment that is stored; `created`: by this call. */
export interface StoredAttachment {
  readonly created: boolean;
  readonly kept: KeptAttachment;
}

/** Milliseconds: the wait for another request that stores the same, and how often is looked. */
const [PATIENCE, LOOK_EVERY] = [10_000, 100];

/**
 * Stores an attachment under a name that its decision has no attachment of yet. Nothing is written
 * where the same bytes are stored already.
 *
 * @throws {EvidenceError} `invalid`, `notFound`, `gone`, `conflict` with the `sha256` of what is there,
 * `busy`; and what the source and the store throw
 */
export async function storeAttachment(
  context: EvidenceContext,
  request: NewAttachment,
  source: AttachmentSource,
): Promise<StoredAttachment> {
  const { decisionId } = request;
  const name = attachmentName(request.name);
  while (true) {
    const there = await settledRow(context, decisionId, name);
    if (there !== undefined) return { created: false, kept: await theSame(there, source) };
    const incoming = await begin(context, { ...request, name });
    if (incoming === undefined) continue;
    return { created: true, kept: await bringIn(context, incoming, source) };
  }
}

/** The attachment of that name, once nobody is working on it; `undefined` where there is none. */
async function settledRow(
  context: EvidenceContext,
  decisionId: string,
  name: string,
): Promise<AttachmentRow | undefined> {
  const until = performance.now() + PATIENCE;
  while (true) {
    const row = await findAttachmentRow(context.sql, decisionId, name);
    if (row === undefined || row.state === "stored") return row;
    if (row.state !== "pending") throw goneAttachment();
    if (performance.now() >= until) {
      throw new EvidenceError("busy", "An attachment of that name is coming in.");
    }
    const entries = await entriesOf(context.sql, decisionId);
    const left = entries.find(({ isDue, objectKey }) => isDue && objectKey === row.key);
    if (left !== undefined) await takeOver(context, left.id);
    else await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
}

async function theSame(there: AttachmentRow, source: AttachmentSource): Promise<AttachmentRow> {
  const { sha256 = there.sha256, size = there.size } = source.declared;
  if (sha256 !== there.sha256 || size !== there.size) throw otherBytes(there);
  const digest = await source.digest();
  if (digest.sha256 !== there.sha256) throw otherBytes(there);
  return there;
}

function otherBytes({ sha256, size }: AttachmentRow): EvidenceError {
  const said = "An attachment of that name is there already, with other bytes.";
  return new EvidenceError("conflict", said, { sha256, size });
}

/** `undefined` where somebody else has just begun one of that name. */
async function begin(
  { now, recorder, sql }: EvidenceContext,
  attachment: NewAttachment,
): Promise<IncomingAttachment | undefined> {
  const { actor, contentType, decisionId, name } = attachment;
  const entry = {
    id: crypto.randomUUID(),
    decisionId,
    action: "upload",
    // What its event has to say, besides what only the end of the upload tells.
    description: { contentType, metadata: { actor, name } },
    eventType: "AttachmentStored",
    fromSeq: await recorder.fromSeq(),
  } as const;
  const begun = await beginAttachment(sql, entry, {
    ...attachment,
    storedAt: now(),
    keyFor: (createdAt) => attachmentKey(decisionId, createdAt, name),
  });
  if (begun.kind === "absent") throw noEvidence(decisionId);
  if (begun.kind === "gone") throw goneEvidence(decisionId);
  if (begun.kind === "full") {
    const said = `The evidence for decision ${decisionId} has ${MOST_ATTACHMENTS} attachments.`;
    throw new EvidenceError("conflict", said);
  }
  if (begun.kind === "taken") return undefined;
  const { key } = begun;
  return { ...attachment, operation: entry.id, key, entry: { ...entry, objectKey: key } };
}

async function bringIn(
  context: EvidenceContext,
  incoming: IncomingAttachment,
  source: AttachmentSource,
): Promise<KeptAttachment> {
  const { contentType, decisionId, entry, key, name, operation } = incoming;
  await writeAttachment(context, incoming, source);
  const digest = await source.digest();
  const payload = canonicalJson(storedPayload(incoming, digest));
  const storedAt = context.now();
  const hasArrived = await arriveAttachment(context.sql, {
    ...digest,
    operation,
    payload,
    storedAt,
  });
  if (!hasArrived) await demandKept(context, incoming);
  const event = await finishOwn(context, { ...entry, payload });
  return { decisionId, name, key, contentType, storedAt, ...digest, event };
}

/**
 * Somebody took this process for dead. Who has found the object goes on with it; who had not has
 * dropped the attachment, and the object is nobody's.
 */
async function demandKept(
  context: EvidenceContext,
  { decisionId, key, name, operation }: IncomingAttachment,
): Promise<void> {
  const row = await findAttachmentRow(context.sql, decisionId, name);
  if (row?.operation === operation) return;
  if (await isWrittenBy(context, key, operation)) await context.objects.deleteObject(key);
  throw tooLong();
}
