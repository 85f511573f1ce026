/**
 * Multipart uploads of an S3 store, and the calls that copy inside it.
 *
 * @module
 */
import { encodeQueryComponent } from "../sigv4/uri_encoding.ts";
import { BackendError, type BackendKey, type ByteRange, type UploadedPart } from "./backend.ts";
import type { TaggedAnswer } from "./entity_tags.ts";
import { isPassing, retrying } from "./retry.ts";
import { headObject } from "./s3_head.ts";
import { isUnsupported } from "./s3_fault.ts";
import { taggedAnswer } from "./s3_upload.ts";
import { documentBody, type S3Connection, XML_HEADERS } from "./s3_request.ts";
import { createUploadSchema, entityTagSchema, escapeXml, listUploadsSchema } from "./s3_xml.ts";

/**
 * Copying and completing take as long as there are bytes, and some stores answer at the end only.
 * Milliseconds.
 */
const LONG_TIMEOUT = 10 * 60_000;

/** The query that names a part. */
export function partQuery(uploadId: string, partNumber: number): string {
  return `partNumber=${partNumber}&${uploadQuery(uploadId)}`;
}

/**
 * Begins an upload and returns its id. Tried again only when the store refused: an attempt whose
 * answer was lost may have begun an upload that nobody knows of.
 */
export async function createUpload(
  connection: S3Connection,
  key: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const request = { method: "POST", key, query: "uploads=", signal } as const;
  const answer = await retrying(
    () => connection.sendForDocument(request, createUploadSchema),
    signal,
    (error) => isPassing(error) && wasAnswered(error),
  );
  return answer.value.UploadId;
}

/**
 * Completes an upload and returns the object's entity tag. An upload that is gone while the object
 * is there was completed by an attempt whose answer was lost: keys are written once.
 */
export async function completeUpload(
  connection: S3Connection,
  key: BackendKey,
  uploadId: string,
  parts: readonly UploadedPart[],
  signal: AbortSignal | undefined,
): Promise<string> {
  const body = documentBody(completionOf(parts));
  const query = uploadQuery(uploadId);
  const request = { method: "POST", key, query, headers: XML_HEADERS, body, signal } as const;
  try {
    const send = () =>
      connection.sendForDocument({ ...request, timeout: longTimeout(connection) }, entityTagSchema);
    return (await retrying(send, signal)).value.ETag;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const held = await headObject(connection, key, signal);
    if (held === undefined) throw error;
    return held.etag;
  }
}

/** Forgets an upload; one that is not there is forgotten already. */
export async function abortUpload(
  connection: S3Connection,
  key: string,
  uploadId: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const request = { method: "DELETE", key, query: uploadQuery(uploadId), signal } as const;
  try {
    await retrying(() => connection.send(request), signal);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/**
 * The ids of the uploads under way for exactly this key; none where the store cannot say. A fresh
 * key has few: the first page is all.
 */
export async function listUploads(
  connection: S3Connection,
  key: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const query = `prefix=${encodeQueryComponent(key)}&uploads=`;
  try {
    const { value } = await retrying(
      () => connection.sendForDocument({ method: "GET", query, signal }, listUploadsSchema),
      signal,
    );
    return value.Upload.filter((upload) => upload.Key === key).map((upload) => upload.UploadId);
  } catch (error) {
    if (isUnsupported(error)) return [];
    throw error;
  }
}

/** Copies an object, and returns what is answered of the copy's entity tag. */
export async function copyObject(
  connection: S3Connection,
  from: string,
  to: string,
  signal: AbortSignal | undefined,
): Promise<TaggedAnswer> {
  const headers = { "x-amz-copy-source": connection.address.copySource(from) };
  return await copy(connection, { key: to, headers, signal });
}

/** Copies a range of an object into a part, and returns what is answered of its entity tag. */
export async function copyPart(
  connection: S3Connection,
  from: string,
  range: ByteRange,
  part: { readonly key: string; readonly query: string; readonly signal?: AbortSignal },
): Promise<TaggedAnswer> {
  const headers = {
    "x-amz-copy-source": connection.address.copySource(from),
    "x-amz-copy-source-range": `bytes=${range.start}-${range.end}`,
  };
  return await copy(connection, { ...part, headers });
}

async function copy(
  connection: S3Connection,
  request: {
    readonly key: string;
    readonly query?: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
  },
): Promise<TaggedAnswer> {
  const timeout = longTimeout(connection);
  const send = () =>
    connection.sendForDocument({ ...request, method: "PUT", timeout }, entityTagSchema);
  const { value, headers } = await retrying(send, request.signal);
  return taggedAnswer(value.ETag, headers);
}

function longTimeout(connection: S3Connection): number {
  return Math.max(connection.config.timeout, LONG_TIMEOUT);
}

function uploadQuery(uploadId: string): string {
  return `uploadId=${encodeQueryComponent(uploadId)}`;
}

function completionOf(parts: readonly UploadedPart[]): string {
  const list = parts.map(({ partNumber, etag }) =>
    `<Part><PartNumber>${partNumber}</PartNumber><ETag>${escapeXml(`"${etag}"`)}</ETag></Part>`
  );
  return `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${
    list.join("")
  }</CompleteMultipartUpload>`;
}

function wasAnswered(error: unknown): boolean {
  return error instanceof BackendError && error.detail.status !== undefined;
}

function isNotFound(error: unknown): boolean {
  return error instanceof BackendError && error.kind === "not-found";
}
