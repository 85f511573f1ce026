import type { BackendKey } from "../backends/backend.ts";
import type { Checksum, ChecksumAlgorithm, ChecksumType } from "../digest/checksum.ts";
import type { ObjectHeaders, ObjectPart, StoredObject, WriteCondition } from "../storage/model.ts";
import { type Sql, statement } from "./sql.ts";

/** An object's row; `etag` is `null` only where s3-proxy wrote it and nobody has asked since. */
interface ObjectRow {
  bucket: string;
  object_key: string;
  version: string;
  backend_name: string;
  backend_key: string;
  size_bytes: number;
  etag: string | null;
  created_at: Date;
  owner: string;
  headers: ObjectHeaders;
  checksum_algorithm: ChecksumAlgorithm | null;
  checksum_type: ChecksumType | null;
  checksum_value: string | null;
  parts_count: number | null;
}

/** A stored object, or one of s3-proxy's whose entity tag is not known yet. */
export type FoundObject = Omit<StoredObject, "etag"> & { readonly etag: string | undefined };

function toObject(row: ObjectRow): FoundObject {
  return {
    bucket: row.bucket,
    key: row.object_key,
    version: row.version,
    backend: row.backend_name,
    // The column holds nothing but backend keys.
    backendKey: row.backend_key as BackendKey,
    size: row.size_bytes,
    etag: row.etag ?? undefined,
    lastModified: row.created_at,
    owner: row.owner,
    headers: row.headers,
    checksum: toChecksum(row),
    partsCount: row.parts_count ?? undefined,
  };
}

/** The three checksum columns as one value. */
export function toChecksum(
  row: Pick<ObjectRow, "checksum_algorithm" | "checksum_type" | "checksum_value">,
): Checksum | undefined {
  const { checksum_algorithm: algorithm, checksum_type: type, checksum_value: value } = row;
  return algorithm && type && value ? { algorithm, type, value } : undefined;
}

/** The object under a key, or `undefined`. */
export async function findObject(
  sql: Sql,
  bucket: string,
  key: string,
): Promise<FoundObject | undefined> {
  const [row] = await statement("objects.find", () =>
    sql<ObjectRow[]>`
      SELECT bucket, object_key, version, backend_name, backend_key, size_bytes, etag, created_at,
        owner, headers, checksum_algorithm, checksum_type, checksum_value, parts_count
      FROM object_locations WHERE bucket = ${bucket} AND object_key = ${key}`);
  return row && toObject(row);
}

/** As kept in the column `parts`: number, size, checksum. */
type PartTuple = [number, number, string?];

/** The parts that an object was uploaded in, in order. */
export async function findObjectParts(
  sql: Sql,
  object: StoredObject,
): Promise<readonly ObjectPart[]> {
  const [row] = await statement("objects.parts", () =>
    sql<{ parts: PartTuple[] | null }[]>`
      SELECT parts FROM object_locations
      WHERE bucket = ${object.bucket} AND object_key = ${object.key}
        AND version = ${object.version}`);
  return (row?.parts ?? []).map(([partNumber, size, checksum]) => ({ partNumber, size, checksum }));
}

/** The id of the multipart upload that made the object under a key, where one did. */
export async function findObjectOfUpload(
  sql: Sql,
  bucket: string,
  key: string,
  uploadId: string,
): Promise<FoundObject | undefined> {
  const [row] = await statement("objects.of-upload", () =>
    sql<{ version: string }[]>`
      SELECT version FROM object_locations
      WHERE bucket = ${bucket} AND object_key = ${key} AND upload_id = ${uploadId}`);
  if (!row) return undefined;
  const object = await findObject(sql, bucket, key);
  return object?.version === row.version ? object : undefined;
}

/** Fills in what s3-proxy did not keep. Nothing happens when the object was overwritten meanwhile. */
export async function completeObject(
  sql: Sql,
  object: FoundObject,
  etag: string,
  headers: ObjectHeaders,
): Promise<void> {
  await statement("objects.complete", () =>
    sql`
      UPDATE object_locations SET etag = ${etag}, headers = ${sql.json({ ...headers })}
      WHERE bucket = ${object.bucket} AND object_key = ${object.key}
        AND version = ${object.version} AND etag IS NULL`);
}

/** An object whose bytes are on a backend and whose intent is open: all that its row will hold. */
export interface Commit {
  /** The write intent: for a completed multipart upload, its claim. */
  readonly intent: string;
  readonly bucket: string;
  readonly key: string;
  readonly version: string;
  readonly backendKey: string;
  readonly size: number;
  readonly etag: string;
  readonly owner: string;
  readonly headers: ObjectHeaders;
  readonly checksum?: Checksum;
  readonly parts?: readonly ObjectPart[];
  /** The multipart upload that ends with this commit. */
  readonly uploadId?: string;
  readonly condition: WriteCondition;
  /** How long readers of a displaced object keep its bytes, in milliseconds. */
  readonly grace: number;
}

/**
 * The commit: one statement that checks the condition, writes the row, moves the reservation to
 * used, drops the intent (and the upload), and queues what was displaced for deletion. Either all
 * of it happens or, when this returns `undefined`, nothing.
 *
 * `old` locks the row as it is now, not as the snapshot saw it. A key that another writer creates
 * between snapshot and insert is seen by neither; then nothing is written and the caller looks again.
 *
 * Throws a foreign key violation when the bucket is gone.
 */
export async function commitObject(sql: Sql, commit: Commit): Promise<StoredObject | undefined> {
  const { condition, checksum } = commit;
  const parts = commit.parts?.map(toTuple);
  const uploadId = commit.uploadId ?? null;
  const [row] = await statement("objects.commit", () =>
    sql<ObjectRow[]>`
      WITH intent AS (
        SELECT backend_name, reserved FROM write_intents WHERE id = ${commit.intent} FOR UPDATE
      ), old AS (
        SELECT version, backend_name, backend_key, size_bytes, etag FROM object_locations
        WHERE bucket = ${commit.bucket} AND object_key = ${commit.key} FOR UPDATE
      ), written AS (
        INSERT INTO object_locations AS o (bucket, object_key, version, backend_name, backend_key,
          size_bytes, etag, created_at, owner, headers, checksum_algorithm, checksum_type,
          checksum_value, parts_count, parts, upload_id)
        SELECT ${commit.bucket}, ${commit.key}, ${commit.version}, backend_name,
          ${commit.backendKey}, ${commit.size}, ${commit.etag}, now(), ${commit.owner},
          ${sql.json({ ...commit.headers })}, ${checksum?.algorithm ?? null},
          ${checksum?.type ?? null}, ${checksum?.value ?? null}, ${parts?.length ?? null},
          ${parts ? sql.json(parts) : null}, ${uploadId}
        FROM intent
        WHERE ${condition.kind}::text = 'none'
          OR ${condition.kind}::text = 'absent' AND NOT EXISTS (SELECT FROM old)
          OR ${condition.kind}::text = 'match' AND EXISTS (
            SELECT FROM old WHERE ${etagOf(condition)}::text IN ('*', old.etag))
        ON CONFLICT (bucket, object_key) DO UPDATE SET version = excluded.version,
          backend_name = excluded.backend_name, backend_key = excluded.backend_key,
          size_bytes = excluded.size_bytes, etag = excluded.etag,
          created_at = excluded.created_at, owner = excluded.owner, headers = excluded.headers,
          checksum_algorithm = excluded.checksum_algorithm,
          checksum_type = excluded.checksum_type, checksum_value = excluded.checksum_value,
          parts_count = excluded.parts_count, parts = excluded.parts,
          upload_id = excluded.upload_id
        WHERE o.version = (SELECT version FROM old)
        RETURNING *
      ), dropped AS (
        DELETE FROM write_intents WHERE id = ${commit.intent} AND EXISTS (SELECT FROM written)
      ), ended AS (
        DELETE FROM multipart_uploads
        WHERE upload_id = ${uploadId} AND EXISTS (SELECT FROM written)
        RETURNING bytes_reserved
      ), moved AS (
        UPDATE backend_quotas AS q SET
          bytes_reserved = bytes_reserved - intent.reserved
            - coalesce((SELECT bytes_reserved FROM ended), 0),
          bytes_used = bytes_used + ${commit.size}, objects_count = objects_count + 1,
          updated_at = now()
        FROM intent, written WHERE q.backend_name = intent.backend_name
      ), displaced AS (
        INSERT INTO deletion_queue (backend_name, backend_key, bytes, objects, not_before)
        SELECT old.backend_name, old.backend_key, old.size_bytes, 1,
          now() + ${commit.grace} * interval '1 millisecond'
        FROM old, written
      )
      SELECT * FROM written`);
  return row && { ...toObject(row), etag: commit.etag };
}

function toTuple({ partNumber, size, checksum }: ObjectPart): (number | string)[] {
  return checksum === undefined ? [partNumber, size] : [partNumber, size, checksum];
}

function etagOf(condition: WriteCondition): string | null {
  return condition.kind === "match" ? condition.etag : null;
}

/** What stands in the way of a commit that wrote nothing. */
export async function commitState(
  sql: Sql,
  intent: string,
  bucket: string,
  key: string,
): Promise<{ readonly intentAlive: boolean; readonly etag: string | undefined }> {
  const [row] = await statement(
    "objects.commit-state",
    () =>
      sql<{ alive: boolean; etag: string | null }[]>`
      SELECT EXISTS (SELECT FROM write_intents WHERE id = ${intent}) AS alive,
        (SELECT coalesce(etag, '') FROM object_locations
         WHERE bucket = ${bucket} AND object_key = ${key}) AS etag`,
  );
  return { intentAlive: row?.alive ?? false, etag: row?.etag ?? undefined };
}

/**
 * Deletes rows and queues their bytes. A condition that does not hold leaves its row.
 *
 * @param etags one per key: `null` for no condition, `*` for any
 * @returns the keys that are left and why: `absent` only for a key with a condition
 */
export async function deleteObjects(
  sql: Sql,
  bucket: string,
  keys: readonly string[],
  etags: readonly (string | null)[],
  grace: number,
): Promise<readonly { readonly key: string; readonly reason: "absent" | "mismatch" }[]> {
  return await statement(
    "objects.delete",
    () =>
      sql<{ key: string; reason: "absent" | "mismatch" }[]>`
      WITH wanted AS (
        SELECT * FROM unnest(${[...keys]}::text[], ${[...etags]}::text[]) AS w (key, etag)
      ), gone AS (
        DELETE FROM object_locations AS o USING wanted AS w
        WHERE o.bucket = ${bucket} AND o.object_key = w.key COLLATE "C"
          AND (w.etag IS NULL OR w.etag IN ('*', o.etag))
        RETURNING o.object_key, o.backend_name, o.backend_key, o.size_bytes
      ), queued AS (
        INSERT INTO deletion_queue (backend_name, backend_key, bytes, objects, not_before)
        SELECT backend_name, backend_key, size_bytes, 1,
          now() + ${grace} * interval '1 millisecond' FROM gone
      )
      SELECT w.key, CASE WHEN o.object_key IS NULL THEN 'absent' ELSE 'mismatch' END AS reason
      FROM wanted AS w LEFT JOIN object_locations AS o
        ON o.bucket = ${bucket} AND o.object_key = w.key COLLATE "C"
      WHERE w.etag IS NOT NULL AND NOT EXISTS (SELECT FROM gone WHERE object_key = w.key COLLATE "C")`,
  );
}
