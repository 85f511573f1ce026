import type { BackendKey } from "../backends/backend.ts";
import type { ChecksumAlgorithm, ChecksumType } from "../digest/checksum.ts";
import type { MultipartPart, MultipartUpload, ObjectHeaders } from "../storage/model.ts";
import { toChecksum } from "./objects.ts";
import { isSqlState, type Sql, SQLSTATE, statement, type Transaction } from "./sql.ts";

/** A multipart upload with where its bytes are going. */
export interface PlacedUpload extends MultipartUpload {
  readonly version: string;
  readonly backend: string;
  readonly backendKey: BackendKey;
  readonly backendUploadId: string;
}

/** A part with the entity tag that the backend must be told. */
export interface PlacedPart extends MultipartPart {
  readonly backendEtag: string;
}

interface UploadRow {
  upload_id: string;
  bucket: string;
  object_key: string;
  created_at: Date;
  owner: string;
  headers: ObjectHeaders;
  checksum_algorithm: ChecksumAlgorithm | null;
  checksum_type: ChecksumType | null;
  version: string;
  backend_name: string;
  backend_key: string;
  backend_upload_id: string;
}

function toUpload(row: UploadRow): PlacedUpload {
  return {
    uploadId: row.upload_id,
    bucket: row.bucket,
    key: row.object_key,
    initiatedAt: row.created_at,
    owner: row.owner,
    headers: row.headers,
    checksumAlgorithm: row.checksum_algorithm ?? undefined,
    checksumType: row.checksum_type ?? undefined,
    version: row.version,
    backend: row.backend_name,
    // The column holds nothing but backend keys.
    backendKey: row.backend_key as BackendKey,
    backendUploadId: row.backend_upload_id,
  };
}

interface PartRow {
  part_number: number;
  size_bytes: number;
  etag: string;
  backend_etag: string;
  created_at: Date;
  checksum_algorithm: ChecksumAlgorithm | null;
  checksum_value: string | null;
}

function toPart(row: PartRow): PlacedPart {
  return {
    partNumber: row.part_number,
    size: row.size_bytes,
    etag: row.etag,
    backendEtag: row.backend_etag,
    lastModified: row.created_at,
    checksum: toChecksum({ ...row, checksum_type: "FULL_OBJECT" }),
  };
}

/**
 * Records an upload that a backend has begun, and drops the intent that covered its beginning.
 * Throws a foreign key violation when the bucket is gone.
 */
export async function insertUpload(
  sql: Sql,
  upload: Omit<PlacedUpload, "initiatedAt">,
  intent: string,
): Promise<PlacedUpload> {
  const rows = await statement("uploads.insert", () =>
    sql<UploadRow[]>`
      WITH dropped AS (DELETE FROM write_intents WHERE id = ${intent})
      INSERT INTO multipart_uploads (upload_id, bucket, object_key, owner, headers,
        checksum_algorithm, checksum_type, version, backend_name, backend_key, backend_upload_id,
        created_at)
      VALUES (${upload.uploadId}, ${upload.bucket}, ${upload.key}, ${upload.owner},
        ${sql.json({ ...upload.headers })}, ${upload.checksumAlgorithm ?? null},
        ${upload.checksumType ?? null}, ${upload.version}, ${upload.backend},
        ${upload.backendKey}, ${upload.backendUploadId}, now())
      RETURNING *`);
  const [row] = rows;
  if (!row) throw new Error("INSERT … RETURNING came back without its row");
  return toUpload(row);
}

/** The upload of that id, when it is for that key. */
export async function findUpload(
  sql: Sql,
  bucket: string,
  key: string,
  uploadId: string,
): Promise<PlacedUpload | undefined> {
  const [row] = await statement("uploads.find", () =>
    sql<UploadRow[]>`
      SELECT * FROM multipart_uploads
      WHERE bucket = ${bucket} AND object_key = ${key} AND upload_id = ${uploadId}`);
  return row && toUpload(row);
}

/** What an uploaded part's row will hold. */
export interface PartCommit {
  /** The intent of kind `part` that reserved its bytes. */
  readonly intent: string;
  readonly uploadId: string;
  readonly backend: string;
  readonly partNumber: number;
  readonly size: number;
  readonly etag: string;
  readonly backendEtag: string;
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
}

/**
 * Records a part in place of the one that had its number, and moves its reservation to the upload.
 * `undefined`, and nothing done, when the upload or the intent is gone.
 */
export async function commitPart(sql: Sql, part: PartCommit): Promise<CommittedPart | undefined> {
  try {
    return await statement("uploads.commit-part", () => sql.begin((tx) => replacePart(tx, part)));
  } catch (error) {
    if (error instanceof Gone || isSqlState(error, SQLSTATE.foreignKeyViolation)) return undefined;
    throw error;
  }
}

/** A part with its row. */
export interface CommittedPart {
  readonly part: MultipartPart;
  /** The backend's entity tag of the part that had its number. */
  readonly replaced: string | null;
}

/** Rolls a transaction back. */
class Gone extends Error {}

async function replacePart(
  tx: Transaction,
  part: PartCommit,
): Promise<CommittedPart> {
  // The upload's row is locked first, so that two of the same part come one after the other.
  const [upload] = await tx`
    SELECT 1 FROM multipart_uploads WHERE upload_id = ${part.uploadId} FOR UPDATE`;
  if (!upload) throw new Gone();
  const [row] = await tx<(PartRow & { replaced: string | null })[]>`
    WITH intent AS (
      DELETE FROM write_intents WHERE id = ${part.intent} RETURNING reserved
    ), old AS (
      SELECT coalesce(sum(size_bytes), 0)::bigint AS size, max(backend_etag) AS backend_etag
      FROM multipart_parts
      WHERE upload_id = ${part.uploadId} AND part_number = ${part.partNumber}
    ), counted AS (
      UPDATE multipart_uploads SET bytes_reserved = bytes_reserved + ${part.size} - old.size
      FROM old, intent WHERE upload_id = ${part.uploadId}
    ), moved AS (
      UPDATE backend_quotas AS q
      SET bytes_reserved = bytes_reserved - intent.reserved + ${part.size} - old.size
      FROM old, intent WHERE q.backend_name = ${part.backend}
    )
    INSERT INTO multipart_parts AS p (upload_id, part_number, etag, size_bytes, created_at,
      backend_etag, checksum_algorithm, checksum_value)
    SELECT ${part.uploadId}, ${part.partNumber}, ${part.etag}, ${part.size}, now(),
      ${part.backendEtag}, ${part.checksum?.algorithm ?? null}, ${part.checksum?.value ?? null}
    FROM intent
    ON CONFLICT (upload_id, part_number) DO UPDATE SET etag = excluded.etag,
      size_bytes = excluded.size_bytes, created_at = excluded.created_at,
      backend_etag = excluded.backend_etag, checksum_algorithm = excluded.checksum_algorithm,
      checksum_value = excluded.checksum_value
    RETURNING *, (SELECT backend_etag FROM old) AS replaced`;
  if (!row) throw new Gone();
  return { part: toPart(row), replaced: row.replaced };
}

/** Parts with a number greater than `after`, in order. */
export async function listParts(
  sql: Sql,
  uploadId: string,
  after: number,
  limit: number,
): Promise<readonly PlacedPart[]> {
  const rows = await statement("uploads.list-parts", () =>
    sql<PartRow[]>`
      SELECT * FROM multipart_parts WHERE upload_id = ${uploadId} AND part_number > ${after}
      ORDER BY part_number LIMIT ${limit}`);
  return rows.map(toPart);
}

/**
 * Ends a claimed upload without an object: its parts' bytes are queued for deletion and count as
 * used until they are gone.
 */
export async function endUpload(sql: Sql, uploadId: string): Promise<void> {
  await statement("uploads.end", () =>
    sql`
      WITH gone AS (
        DELETE FROM multipart_uploads WHERE upload_id = ${uploadId}
        RETURNING backend_name, backend_key, backend_upload_id, bytes_reserved
      ), dropped AS (
        DELETE FROM write_intents WHERE id = ${uploadId}
      ), moved AS (
        UPDATE backend_quotas AS q SET bytes_reserved = q.bytes_reserved - gone.bytes_reserved,
          bytes_used = bytes_used + gone.bytes_reserved, objects_count = objects_count + 1
        FROM gone WHERE q.backend_name = gone.backend_name
      )
      INSERT INTO deletion_queue (backend_name, backend_key, backend_upload_id, bytes, objects)
      SELECT backend_name, backend_key, backend_upload_id, bytes_reserved, 1 FROM gone`);
}

/** Uploads that began longer ago than that, oldest first. */
export async function findStaleUploads(
  sql: Sql,
  maxAgeMs: number,
  limit: number,
): Promise<readonly PlacedUpload[]> {
  const rows = await statement("uploads.stale", () =>
    sql<UploadRow[]>`
      SELECT * FROM multipart_uploads
      WHERE created_at < now() - ${maxAgeMs} * interval '1 millisecond'
      ORDER BY created_at LIMIT ${limit}`);
  return rows.map(toUpload);
}

/** Uploads of a bucket from a place on, by key and then by upload id. */
export async function scanUploads(
  sql: Sql,
  bucket: string,
  /** The first key that counts. */
  from: string,
  /** With `from` as a whole key: only its uploads with a greater id. */
  afterUploadId: string | undefined,
  /** Keys below this; `undefined` for no end. */
  end: string | undefined,
  limit: number,
): Promise<readonly PlacedUpload[]> {
  const start = afterUploadId === undefined
    ? sql`object_key >= ${from}`
    : sql`(object_key, upload_id) > (${from}, ${afterUploadId})`;
  const rows = await statement("uploads.list", () =>
    sql<UploadRow[]>`
      SELECT * FROM multipart_uploads WHERE bucket = ${bucket} AND ${start}
      ${end === undefined ? sql`` : sql`AND object_key < ${end}`}
      ORDER BY object_key, upload_id LIMIT ${limit}`);
  return rows.map(toUpload);
}
