/**
 * Uploads a stream whose length only its end will tell. Stores want to know a request's length
 * before its first byte, so up to 8 MiB are gathered in memory: what ends by then is one PUT, and
 * what does not becomes a multipart upload of such parts.
 *
 * @module
 */
import { createHash, type Hash } from "node:crypto";
import type { BackendKey, Stored, UploadedPart } from "./backend.ts";
import { exactly } from "./content.ts";
import type { EntityTags } from "./entity_tags.ts";
import { abortUpload, completeUpload, createUpload, partQuery } from "./s3_multipart.ts";
import type { S3Connection } from "./s3_request.ts";
import { uploadBytes } from "./s3_upload.ts";
import type { Semaphore } from "./semaphore.ts";

/** Bytes of each part but the last. 10,000 of them make 78 GiB. */
const PART_BYTES = 8 * 1024 * 1024;

/** Bytes that any upload may gather without waiting for its turn. */
const FREE_BYTES = 256 * 1024;

/** What such an upload needs besides its content. */
export interface UnknownSizeUpload {
  readonly key: BackendKey;
  readonly tags: EntityTags;
  readonly partTags: EntityTags;
  /** Bounds how many uploads gather more than 256 KiB at the same time. */
  readonly turns: Semaphore;
  readonly signal?: AbortSignal;
}

/** Stores a stream of any length, or nothing. */
export async function uploadUnknownSize(
  connection: S3Connection,
  upload: UnknownSizeUpload,
  content: AsyncIterable<Uint8Array>,
): Promise<Stored> {
  const { key, turns, signal } = upload;
  let inTurn = false;
  const takeTurn = async () => {
    await turns.acquire(signal);
    inTurn = true;
  };
  const hash = createHash("md5");
  const pieces = gather(exactly(content, undefined, connection.name), hash, takeTurn);
  try {
    const { bytes, last } = await nextPiece(pieces);
    return last
      ? await uploadBytes(connection, { key, tags: upload.tags, signal }, bytes)
      : await uploadParts(connection, upload, bytes, pieces, hash);
  } finally {
    // Closes the content too, where it was not read to its end.
    await pieces.return();
    if (inTurn) turns.release();
  }
}

async function uploadParts(
  connection: S3Connection,
  { key, partTags: tags, signal }: UnknownSizeUpload,
  first: Uint8Array,
  pieces: AsyncGenerator<Piece, void, void>,
  hash: Hash,
): Promise<Stored> {
  const uploadId = await createUpload(connection, key, signal);
  try {
    const parts: UploadedPart[] = [];
    let size = 0;
    for (let piece: Piece = { bytes: first, last: false };; piece = await nextPiece(pieces)) {
      const partNumber = parts.length + 1;
      const destination = { key, query: partQuery(uploadId, partNumber), tags, signal };
      const { etag } = await uploadBytes(connection, destination, piece.bytes);
      parts.push({ partNumber, etag });
      size += piece.bytes.length;
      if (piece.last) break;
    }
    const etag = await completeUpload(connection, key, uploadId, parts, signal);
    return { size, md5: hash.digest("hex"), etag };
  } catch (error) {
    // What cannot be aborted now is removed by the store's own rule for incomplete uploads.
    await abortUpload(connection, key, uploadId, undefined).catch(() => {});
    throw error;
  }
}

/** Bytes gathered in one buffer, good until the next piece is asked for. */
interface Piece {
  readonly bytes: Uint8Array;
  /** Whether the content ends with it; it may be empty only then. */
  readonly last: boolean;
}

async function* gather(
  content: AsyncIterable<Uint8Array>,
  hash: Hash,
  takeTurn: () => Promise<void>,
): AsyncGenerator<Piece, void, void> {
  let buffer = new Uint8Array(FREE_BYTES);
  let filled = 0;
  for await (let chunk of content) {
    hash.update(chunk);
    while (chunk.length > 0) {
      if (filled === PART_BYTES) {
        yield { bytes: buffer, last: false };
        filled = 0;
      } else if (filled === buffer.length) {
        if (filled === FREE_BYTES) await takeTurn();
        buffer = grown(buffer);
      }
      const taken = chunk.subarray(0, buffer.length - filled);
      buffer.set(taken, filled);
      filled += taken.length;
      chunk = chunk.subarray(taken.length);
    }
  }
  yield { bytes: buffer.subarray(0, filled), last: true };
}

function grown(buffer: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(buffer.length * 4, PART_BYTES));
  larger.set(buffer);
  return larger;
}

async function nextPiece(pieces: AsyncGenerator<Piece, void, void>): Promise<Piece> {
  const { value } = await pieces.next();
  if (value === undefined) throw new Error("no piece follows the last one");
  return value;
}
