/**
 * Uploads that browsers make to the store itself, by a form or a URL that is signed: what comes becomes
 * an attachment only when it has been read.
 *
 * @module
 */
import {
  completeEvidenceUpload,
  findEvidenceUpload,
  insertEvidenceUpload,
  type UploadRow,
} from "../metadata/evidence_uploads.ts";
import type { OpenObject } from "../objectstore/object_store.ts";
import { isNotFound, ObjectStoreError } from "../objectstore/object_store_error.ts";
import { attachmentName } from "./attachment_name.ts";
import { CopiedSource } from "./attachment_source.ts";
import { digestOf } from "./content_digest.ts";
import type { EvidenceContext } from "./context.ts";
import { EvidenceError } from "./evidence_error.ts";
import { versions } from "./find.ts";
import { findAttachment } from "./read_attachment.ts";
import { storeAttachment, type StoredAttachment } from "./store_attachment.ts";

/** Most bytes that a store takes at once. Source: "Amazon S3 multipart upload limits". */
export const LARGEST_UPLOAD = 5 * 1_024 ** 3;

/** What a browser is to be let send. */
export interface UploadRequest {
  readonly decisionId: string;
  /** Of the attachment. */
  readonly name: string;
  readonly contentType: string;
  /** Most bytes; with PUT exactly so many. */
  readonly maxBytes: number;
  readonly method: "POST" | "PUT";
  /** Seconds. */
  readonly expiresIn: number;
  readonly actor: string;
  /** URL of the store as browsers reach it. */
  readonly endpoint?: string;
}

/** How a browser sends it. */
export interface GrantedUpload {
  readonly uploadId: string;
  readonly method: "POST" | "PUT";
  readonly url: string;
  /** Of a form with POST: before the file, which is the field `file`. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Of a request with PUT. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly expiresAt: Date;
}

/** An upload that has been made. */
export interface LandedUpload {
  readonly decisionId: string;
  readonly uploadId: string;
  readonly actor: string;
}

/** An upload whose bytes change all the time is given up. */
const MOST_ATTEMPTS = 3;

/**
 * Lets a browser send an attachment.
 *
 * @throws {EvidenceError} `invalid`, `notFound`, `gone`; `conflict` where the name is taken
 */
export async function createUpload(
  context: EvidenceContext,
  request: UploadRequest,
): Promise<GrantedUpload> {
  const { decisionId, expiresIn } = request;
  const name = attachmentName(request.name);
  await versions(context, decisionId);
  await demandFree(context, decisionId, name);
  const uploadId = crypto.randomUUID();
  const key = `uploads/${uploadId}`;
  const expiresAt = new Date(context.now().getTime() + expiresIn * 1_000);
  await insertEvidenceUpload(context.sql, { ...request, name, uploadId, key, expiresAt });
  return { uploadId, expiresAt, ...await signed(context, key, request) };
}

/**
 * Makes what a browser has sent the attachment. May be done again.
 *
 * @throws {EvidenceError} `notFound` where there is no such upload; `conflict` where nothing has come,
 * too much, or other bytes than the attachment has; and what `storeAttachment` throws
 */
export async function completeUpload(
  context: EvidenceContext,
  { actor, decisionId, uploadId }: LandedUpload,
): Promise<StoredAttachment> {
  const upload = await findEvidenceUpload(context.sql, decisionId, uploadId);
  if (upload === undefined) throw new EvidenceError("notFound", "There is no such upload.");
  try {
    if (upload.completedAt === undefined) return await takeUpload(context, upload, actor);
  } catch (error) {
    // Who completed it meanwhile has removed it where it landed.
    const now = await findEvidenceUpload(context.sql, decisionId, uploadId);
    if (now?.completedAt === undefined) throw error;
  }
  return { created: false, kept: await findAttachment(context, decisionId, upload.name) };
}

/** Makes what has come the attachment, and removes it where it landed. */
export async function takeUpload(
  context: EvidenceContext,
  upload: UploadRow,
  actor: string,
): Promise<StoredAttachment> {
  const stored = await copied(context, upload, actor);
  await completeEvidenceUpload(context.sql, upload.uploadId, context.now());
  await context.objects.deleteObject(upload.key);
  return stored;
}

/** What is stored is what was read: where it has changed since, it is read again. */
async function copied(
  context: EvidenceContext,
  upload: UploadRow,
  actor: string,
): Promise<StoredAttachment> {
  for (let attempt = 1;; attempt++) {
    const source = await readSource(context, upload);
    try {
      return await storeAttachment(context, { ...upload, actor }, source);
    } catch (error) {
      const hasChanged = error instanceof ObjectStoreError && error.kind === "PreconditionFailed";
      if (!hasChanged) throw isNotFound(error) ? nothingHasCome(error) : error;
      if (attempt < MOST_ATTEMPTS) continue;
      throw new EvidenceError("busy", "What was sent changes while it is read.", {}, {
        cause: error,
      });
    }
  }
}

async function readSource(
  context: EvidenceContext,
  { key, maxBytes }: UploadRow,
): Promise<CopiedSource> {
  const { body, etag, size } = await opened(context, key);
  if (size > maxBytes) {
    await body.cancel();
    throw new EvidenceError("conflict", "More has come than was allowed.", { size });
  }
  return new CopiedSource(await digestOf(body), { key, etag });
}

async function opened({ objects }: EvidenceContext, key: string): Promise<OpenObject> {
  try {
    return await objects.getObjectStream(key);
  } catch (error) {
    throw isNotFound(error) ? nothingHasCome(error) : error;
  }
}

function nothingHasCome(cause: unknown): EvidenceError {
  return new EvidenceError("conflict", "Nothing has come yet.", {}, { cause });
}

async function demandFree(
  context: EvidenceContext,
  decisionId: string,
  name: string,
): Promise<void> {
  try {
    await findAttachment(context, decisionId, name);
  } catch (error) {
    if (error instanceof EvidenceError && error.kind === "notFound") return;
    throw error;
  }
  throw new EvidenceError("conflict", "An attachment of that name is there already.");
}

async function signed(
  { objects }: EvidenceContext,
  key: string,
  { contentType, endpoint, expiresIn, maxBytes, method }: UploadRequest,
): Promise<Pick<GrantedUpload, "fields" | "headers" | "method" | "url">> {
  if (method === "PUT") {
    const options = { expiresIn, contentType, contentLength: maxBytes, endpoint };
    const url = await objects.generatePresignedUrl("PUT", key, options);
    return { method, url, headers: { "content-type": contentType } };
  }
  const form = await objects.generatePresignedPost(key, {
    expiresIn,
    fields: { "Content-Type": contentType, success_action_status: "201" },
    contentLengthRange: [0, maxBytes],
    endpoint,
  });
  return { method, ...form };
}
