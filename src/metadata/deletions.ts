import type { BackendKey } from "../backends/backend.ts";
import { type Sql, statement } from "./sql.ts";

/** Bytes that are to be deleted from a backend. */
export interface Deletion {
  readonly id: number;
  readonly backendKey: BackendKey;
  /** An upload on the backend that is to be aborted as well. */
  readonly backendUploadId: string | null;
  /** Whether all uploads of the key are to be aborted as well. */
  readonly everyUpload: boolean;
}

/** Where bytes may lie that nothing refers to. */
export interface Stray {
  readonly backend: string;
  readonly backendKey: string;
  /** An upload in parts that may have been given a part after its abort. */
  readonly backendUploadId?: string;
}

/**
 * Queues bytes that turned up after all that could name them was gone; they never counted against a
 * quota. Nothing happens while an object or an upload still refers to them: an upload turns into its
 * object in one statement, so one of the two is seen.
 */
export async function enqueueStray(sql: Sql, stray: Stray): Promise<void> {
  const { backend, backendKey, backendUploadId = null } = stray;
  await statement("deletions.stray", () =>
    sql`
      INSERT INTO deletion_queue (backend_name, backend_key, backend_upload_id, bytes, objects)
      SELECT ${backend}, ${backendKey}, ${backendUploadId}, 0, 0
      WHERE NOT EXISTS (SELECT FROM object_locations
          WHERE backend_name = ${backend} AND backend_key = ${backendKey})
        AND NOT EXISTS (SELECT FROM multipart_uploads
          WHERE backend_name = ${backend} AND backend_key = ${backendKey})`);
}

/**
 * Takes up to `limit` deletions of a backend; no other process takes them before their backoff
 * (30 s, doubled each time up to an hour) has passed, so a crash only delays them.
 *
 * The ids are one array, not a subquery to join with: for that the planner, who does not know the
 * limit, would read the whole queue.
 *
 * @param which `due`, or `fresh`: never tried, with bytes, even in their grace for readers
 */
export async function takeDeletions(
  sql: Sql,
  backend: string,
  limit: number,
  which: "due" | "fresh",
): Promise<readonly Deletion[]> {
  const wanted = which === "due" ? sql`not_before <= now()` : sql`attempts = 0 AND bytes > 0`;
  return await statement("deletions.take", () =>
    sql<Deletion[]>`
      UPDATE deletion_queue SET attempts = attempts + 1,
        not_before = now() + least(30 * 2 ^ least(attempts, 10), 3600) * interval '1 second'
      WHERE id = ANY (ARRAY(
        SELECT id FROM deletion_queue WHERE backend_name = ${backend} AND ${wanted}
        ORDER BY not_before LIMIT ${limit} FOR UPDATE SKIP LOCKED
      ))
      RETURNING id, backend_key AS "backendKey", backend_upload_id AS "backendUploadId",
        every_upload AS "everyUpload"`);
}

/** The bytes of these are gone: they no longer count. */
export async function settleDeletions(sql: Sql, ids: readonly number[]): Promise<void> {
  await statement("deletions.settle", () =>
    sql`
      WITH gone AS (
        DELETE FROM deletion_queue WHERE id = ANY (${[...ids]}::bigint[])
        RETURNING backend_name, bytes, objects
      ), sums AS (
        SELECT backend_name, sum(bytes) AS bytes, sum(objects) AS objects
        FROM gone GROUP BY backend_name
      )
      UPDATE backend_quotas AS q SET bytes_used = bytes_used - sums.bytes,
        objects_count = objects_count - sums.objects, updated_at = now()
      FROM sums WHERE q.backend_name = sums.backend_name`);
}

/** Whether a first attempt at a deletion is under way somewhere. */
export async function deletionsUnderWay(sql: Sql, backends: readonly string[]): Promise<boolean> {
  const rows = await statement("deletions.under-way", () =>
    sql`
      SELECT 1 FROM deletion_queue
      WHERE backend_name = ANY (${[...backends]}::text[]) AND attempts = 1 AND bytes > 0
        AND not_before > now()
      LIMIT 1`);
  return rows.length > 0;
}
