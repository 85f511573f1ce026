import type { BackendKey } from "../backends/backend.ts";
import type { ObjectHeaders } from "../storage/model.ts";
import { type Sql, statement } from "./sql.ts";

/** An object that lies on a backend already and is to get a row. */
export interface ImportedObject {
  /** Object key and backend key in one: what is imported keeps the key that it has. */
  readonly key: BackendKey;
  readonly version: string;
  readonly size: number;
  readonly etag: string;
  readonly lastModified: Date;
  readonly headers: ObjectHeaders;
}

/**
 * Which of these keys there is nothing to import for: the bucket has an object under that key, or
 * the bytes belong to an object, a write or an upload under way, are a further copy that s3-proxy
 * made, or wait for deletion.
 */
export async function findKnownKeys(
  sql: Sql,
  backend: string,
  bucket: string,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await statement("imports.known", () =>
    sql<{ key: string }[]>`
      SELECT key FROM unnest(${[...keys]}::text[]) AS wanted (key) WHERE
        EXISTS (SELECT FROM object_locations
          WHERE bucket = ${bucket} AND object_key = key COLLATE "C")
        OR EXISTS (SELECT FROM object_locations
          WHERE backend_name = ${backend} AND backend_key = key COLLATE "C")
        OR EXISTS (SELECT FROM object_copies
          WHERE backend_name = ${backend} AND object_key COLLATE "C" = key COLLATE "C")
        OR EXISTS (SELECT FROM write_intents
          WHERE backend_name = ${backend} AND backend_key = key COLLATE "C")
        OR EXISTS (SELECT FROM multipart_uploads
          WHERE backend_name = ${backend} AND backend_key = key COLLATE "C")
        OR EXISTS (SELECT FROM deletion_queue
          WHERE backend_name = ${backend} AND backend_key = key COLLATE "C")`);
  return new Set(rows.map((row) => row.key));
}

/**
 * Gives objects their rows and counts their bytes, all or none: `undefined` when the backend's
 * quota has no room for them. One whose key was taken meanwhile is left out, and so is one whose bytes
 * another import gave a row: imports of one backend wait for each other.
 *
 * @param overQuota count them even so
 */
export async function importObjects(
  sql: Sql,
  backend: string,
  bucket: string,
  objects: readonly ImportedObject[],
  overQuota: boolean,
): Promise<{ readonly imported: number; readonly bytes: number } | undefined> {
  const wanted = objects.reduce((sum, object) => sum + object.size, 0);
  return await statement("imports.insert", () =>
    sql.begin(async (tx) => {
      const [room] = await tx`
        SELECT 1 FROM backend_quotas WHERE backend_name = ${backend} AND (${overQuota}
          OR bytes_limit = 0 OR bytes_used + bytes_reserved + ${wanted} <= bytes_limit)
        FOR UPDATE`;
      if (!room) return undefined;
      const rows = objects.map((object) => ({
        key: object.key,
        version: object.version,
        size: object.size,
        etag: object.etag,
        at: object.lastModified.toISOString(),
        headers: { ...object.headers },
      }));
      const [sum] = await tx<{ imported: number; bytes: number }[]>`
        WITH inserted AS (
          INSERT INTO object_locations (bucket, object_key, version, backend_name, backend_key,
            size_bytes, etag, created_at, headers)
          SELECT ${bucket}, key, version, ${backend}, key, size, etag, at, headers
          FROM jsonb_to_recordset(${tx.json(rows)})
            AS r (key text, version text, size bigint, etag text, at timestamptz, headers jsonb)
          WHERE NOT EXISTS (SELECT FROM object_locations
            WHERE backend_name = ${backend} AND backend_key = key COLLATE "C")
          ON CONFLICT (bucket, object_key) DO NOTHING RETURNING size_bytes
        )
        SELECT count(*) AS imported, coalesce(sum(size_bytes), 0)::bigint AS bytes FROM inserted`;
      const { imported = 0, bytes = 0 } = sum ?? {};
      await tx`
        UPDATE backend_quotas SET bytes_used = bytes_used + ${bytes},
          objects_count = objects_count + ${imported}, updated_at = now()
        WHERE backend_name = ${backend}`;
      return { imported, bytes };
    }));
}
