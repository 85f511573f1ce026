import type { AttachmentRow } from "../metadata/evidence_attachments.ts";
import { findAttachmentRow, listAttachmentRows } from "../metadata/evidence_attachments.ts";
import type { ByteRange, Cancellable, ObjectMetadata } from "../objectstore/object_store.ts";
import { isNotFound } from "../objectstore/object_store_error.ts";
import { log } from "../telemetry/logs.ts";
import { attachmentName } from "./attachment_name.ts";
import { goneAttachment, noAttachment } from "./attachment_object.ts";
import { type ContentDigest, Measure } from "./content_digest.ts";
import type { EvidenceContext } from "./context.ts";
import { EvidenceError } from "./evidence_error.ts";
import { versions } from "./find.ts";

/** Some of a decision's attachments. */
export interface AttachmentPage {
  readonly attachments: readonly AttachmentRow[];
  /** The name to go on behind; absent where there are no more. */
  readonly next?: string;
}

/** How an attachment is read; all of it without a range. */
export interface ReadAttachment extends Cancellable {
  readonly range?: ByteRange;
}

/**
 * What the index has of an attachment.
 *
 * @throws {EvidenceError} `invalid`, `notFound`, `gone`
 */
export async function findAttachment(
  { sql }: EvidenceContext,
  decisionId: string,
  name: string,
): Promise<AttachmentRow> {
  const row = await findAttachmentRow(sql, decisionId, attachmentName(name));
  if (row === undefined || row.state === "pending") {
    throw noAttachment();
  }
  if (row.state === "stored") return row;
  throw goneAttachment();
}

/**
 * A page of a decision's attachments by their names, in the order of their bytes.
 *
 * @throws {EvidenceError} `notFound`, `gone`
 */
export async function listAttachments(
  context: EvidenceContext,
  decisionId: string,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<AttachmentPage> {
  await versions(context, decisionId);
  const rows = await listAttachmentRows(context.sql, decisionId, after, limit + 1);
  const attachments = rows.slice(0, limit);
  return rows.length > limit ? { attachments, next: attachments.at(-1)?.name } : { attachments };
}

/**
 * Opens an attachment. All of it is verified against its digest while it is read: the stream fails
 * before its last chunk where it is not what was stored. Of a range, only that it is one of an object
 * of the right size, written by the operation that stored the attachment.
 *
 * @throws {EvidenceError} `damaged`, with `expected` and `found`, as does the stream; `gone` where it was
 * deleted since it was found
 */
export async function readAttachment(
  context: EvidenceContext,
  kept: AttachmentRow,
  options: ReadAttachment = {},
): Promise<ReadableStream<Uint8Array>> {
  const open = await orDamaged(
    context,
    kept,
    context.objects.getObjectStream(kept.key, options),
  );
  try {
    demandIdentity(kept, open);
  } catch (error) {
    await open.body.cancel();
    throw error;
  }
  return isWhole(kept, options.range) ? open.body.pipeThrough(verifying(kept)) : open.body;
}

/**
 * Looks whether the object of an attachment is there, of the right size and written by the operation
 * that stored it.
 *
 * @throws {EvidenceError} `damaged`; `gone` where it was deleted since it was found
 */
export async function checkAttachment(
  context: EvidenceContext,
  kept: AttachmentRow,
): Promise<void> {
  const found = context.objects.getObjectMetadata(kept.key);
  demandIdentity(kept, await orDamaged(context, kept, found));
}

function isWhole({ size }: AttachmentRow, range: ByteRange | undefined): boolean {
  if (range === undefined) return true;
  return "start" in range && range.start === 0 && range.end === size - 1;
}

async function orDamaged<T>(
  context: EvidenceContext,
  { decisionId, name, size }: AttachmentRow,
  found: Promise<T>,
): Promise<T> {
  try {
    return await found;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    // Whoever deletes it says so before.
    await findAttachment(context, decisionId, name);
    throw damaged(name, `${size} bytes`, "nothing", { cause: error });
  }
}

function demandIdentity(
  { name, operation, size }: AttachmentRow,
  found: Pick<ObjectMetadata, "metadata" | "size">,
): void {
  if (found.size !== size) throw damaged(name, `${size} bytes`, `${found.size} bytes`);
  const { operation: writer = "an unknown one" } = found.metadata;
  if (operation === undefined || writer === operation) return;
  throw damaged(name, `operation ${operation}`, `operation ${writer}`);
}

/** The last chunk is held back until all is verified: nobody has the whole of what is wrong. */
function verifying(kept: AttachmentRow): TransformStream<Uint8Array, Uint8Array> {
  const measure = new Measure();
  let held: Uint8Array | undefined;
  return new TransformStream({
    transform(chunk, controller) {
      measure.update(chunk);
      if (held !== undefined) controller.enqueue(held);
      held = chunk;
    },
    flush(controller) {
      demandDigest(kept, measure.digest());
      if (held !== undefined) controller.enqueue(held);
    },
  });
}

/** By now an answer has begun: nobody but the log can be told why it breaks off. */
function demandDigest({ key, name, sha256, size }: AttachmentRow, found: ContentDigest): void {
  if (found.sha256 === sha256 && found.size === size) return;
  const error = damaged(name, sha256, found.sha256);
  log.error("an attachment is not what was stored", { error, key, ...error.members });
  throw error;
}

function damaged(
  name: string,
  expected: string,
  found: string,
  options?: ErrorOptions,
): EvidenceError {
  const said = `The attachment ${JSON.stringify(name)} is not what was stored.`;
  return new EvidenceError("damaged", said, { expected, found }, options);
}
