import {
  deleteEvidenceUpload,
  takeDueUpload,
  type UploadRow,
} from "../metadata/evidence_uploads.ts";
import type { EvidenceContext } from "./context.ts";
import { EvidenceError } from "./evidence_error.ts";
import { takeUpload } from "./uploads.ts";

/** Told of an upload that could not be finished; it is tried again. */
export type UploadObserver = (upload: UploadRow, error: unknown) => void;

/** Seconds in which who looks after an upload has it to himself. */
const PAUSE = 600;

/**
 * Milliseconds after which nothing comes by a form that has expired: a request that was begun in time
 * may go on for as long as it takes.
 */
const LATEST = 24 * 3_600_000;

/**
 * Looks after uploads that have expired: those that came and were not completed become attachments; a
 * day later whatever is left of an upload is removed.
 *
 * @param signal no more is begun once it is aborted
 * @returns how many were looked after
 */
export async function finishExpiredUploads(
  context: EvidenceContext,
  onFailure: UploadObserver = () => {},
  signal?: AbortSignal,
): Promise<number> {
  let count = 0;
  while (!signal?.aborted) {
    const upload = await takeDueUpload(context.sql, context.now(), PAUSE);
    if (upload === undefined) break;
    try {
      await lookAfter(context, upload);
      count++;
    } catch (error) {
      onFailure(upload, error);
    }
  }
  return count;
}

async function lookAfter(context: EvidenceContext, upload: UploadRow): Promise<void> {
  if (upload.completedAt === undefined && await hasCome(context, upload)) {
    await takeOrLeave(context, upload);
  }
  if (context.now().getTime() < upload.expiresAt.getTime() + LATEST) return;
  await context.objects.abortMultipartUploads(upload.key);
  await context.objects.deleteObject(upload.key);
  await deleteEvidenceUpload(context.sql, upload.uploadId);
}

function hasCome({ objects }: EvidenceContext, { key }: UploadRow): Promise<boolean> {
  return objects.objectExists(key);
}

/** What cannot become an attachment, now or ever, is left to be removed. */
async function takeOrLeave(context: EvidenceContext, upload: UploadRow): Promise<void> {
  try {
    await takeUpload(context, upload, upload.actor);
  } catch (error) {
    if (!(error instanceof EvidenceError) || error.kind === "busy") throw error;
  }
}
