import { dropAttachment, renewAttachment } from "../metadata/evidence_attachments.ts";
import type { OutboxEntry } from "../metadata/evidence_outbox.ts";
import type { Sql } from "../metadata/sql.ts";
import { isPreconditionFailed, isRefused } from "../objectstore/object_store_error.ts";
import { isWrittenBy, type NewAttachment } from "./attachment_object.ts";
import type { AttachmentSource } from "./attachment_source.ts";
import { contentDisposition } from "./content_disposition.ts";
import type { EvidenceContext } from "./context.ts";
import { EvidenceError } from "./evidence_error.ts";
import { servedType } from "./served_type.ts";

/** An attachment that is coming in. */
export interface IncomingAttachment extends NewAttachment {
  /** Of its event. */
  readonly operation: string;
  readonly key: string;
  readonly entry: OutboxEntry;
}

/** Milliseconds between two signs of life of an upload. */
const ALIVE_EVERY = 15_000;

/**
 * Writes the object of an attachment that is coming in. What breaks off, and what the store refuses, is
 * dropped; what the store may have written in spite of a failure is found by whoever finishes what is due.
 *
 * @throws {EvidenceError} `conflict` where another object is in its place, `busy` where the attachment
 * was dropped by others meanwhile; and what the source and the store throw
 */
export async function writeAttachment(
  context: EvidenceContext,
  incoming: IncomingAttachment,
  source: AttachmentSource,
): Promise<void> {
  const { contentType, decisionId, key, name, operation } = incoming;
  const { objects, sql } = context;
  using _alive = signsOfLife(sql, operation);
  try {
    await source.write(objects, key, {
      ifAbsent: true,
      contentType: servedType(contentType),
      contentDisposition: contentDisposition(name),
      metadata: { operation, "decision-id": decisionId },
    });
  } catch (error) {
    const isInTheWay = isPreconditionFailed(error);
    // A store that is asked again may find what it was asked for first.
    if (isInTheWay && await isWrittenBy(context, key, operation)) return;
    if (!source.hasFailed && !isRefused(error)) throw error;
    const isDropped = await dropAttachment(sql, operation);
    if (!isDropped && !source.hasFailed) throw tooLong(error);
    throw isInTheWay ? await notWritten(context, key, error) : error;
  }
}

function signsOfLife(sql: Sql, operation: string): Disposable {
  // One that fails leaves time for three more.
  const timer = setInterval(() => renewAttachment(sql, operation).catch(() => {}), ALIVE_EVERY);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** The condition that failed is that of the source, or there is an object that nobody knows. */
async function notWritten(
  { objects }: EvidenceContext,
  key: string,
  error: unknown,
): Promise<unknown> {
  if (!await objects.objectExists(key)) return error;
  return new EvidenceError(
    "conflict",
    "An object that the index does not know is where the attachment would be.",
    { key },
    { cause: error },
  );
}

/** Others have taken this process for dead. */
export function tooLong(cause?: unknown): EvidenceError {
  const said = "The attachment took too long to come in. Send it again.";
  return new EvidenceError("busy", said, {}, { cause });
}
