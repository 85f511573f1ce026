import { canonicalJson } from "../eventlog/canonical_json.ts";
import { arriveAttachment, dropAttachment } from "../metadata/evidence_attachments.ts";
import type { OutboxEntry } from "../metadata/evidence_outbox.ts";
import { isWrittenBy, storedPayload } from "./attachment_object.ts";
import { type ContentDigest, digestOf } from "./content_digest.ts";
import type { EvidenceContext } from "./context.ts";

/**
 * Goes on with an attachment that has come in at a process which seems to be dead: where its object
 * is there, that is read for what its event says. Otherwise the attachment is dropped.
 *
 * @param entry without a payload
 * @returns the entry with its payload; without one where it is gone
 * @throws {ObjectStoreError}
 */
export async function finishUpload(
  context: EvidenceContext,
  entry: OutboxEntry,
): Promise<OutboxEntry> {
  const { id: operation, objectKey: key } = entry;
  if (await isWrittenBy(context, key, operation)) {
    return await arrived(context, entry, await digestOfObject(context, key));
  }
  await context.objects.abortMultipartUploads(key);
  await dropAttachment(context.sql, operation);
  return entry;
}

async function arrived(
  { now, sql }: EvidenceContext,
  entry: OutboxEntry,
  digest: ContentDigest,
): Promise<OutboxEntry> {
  const { decisionId, description, id: operation, objectKey: key } = entry;
  const { contentType = "", metadata: { actor = "", name = "" } = {} } = description ?? {};
  const attachment = { decisionId, name, key, contentType, actor };
  const payload = canonicalJson(storedPayload(attachment, digest));
  // Whoever was faster has said the same.
  await arriveAttachment(sql, { ...digest, operation, payload, storedAt: now() });
  return { ...entry, payload };
}

async function digestOfObject(
  { objects }: EvidenceContext,
  key: string,
): Promise<ContentDigest> {
  const { body } = await objects.getObjectStream(key);
  return await digestOf(body);
}
