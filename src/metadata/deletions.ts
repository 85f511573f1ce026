import { type Sql, statement } from "./sql.ts";

/** Bytes that are to be deleted from a backend. */
export interface Deletion {
  readonly id: number;
  readonly backend: string;
  readonly backendKey: string;
  /** An upload on the backend that is to be aborted as well. */
  readonly backendUploadId: string | null;
  readonly attempts: number;
}

/** Bytes that nothing refers to, found after the fact; they never counted against a quota. */
export async function enqueueStray(sql: Sql, backend: string, backendKey: string): Promise<void> {
  await statement("deletions.stray", () =>
    sql`
      INSERT INTO deletion_queue (backend_name, backend_key, bytes, objects)
      VALUES (${backend}, ${backendKey}, 0, 0)`);
}

/**
 * Takes up to `limit` deletions that are due; no other process takes them before their backoff
 * (30 s, doubled each time up to an hour) has passed, so a crash only delays them.
 *
 * @param urgent also those that wait out their grace for readers
 */
export async function takeDeletions(
  sql: Sql,
  backends: readonly string[],
  limit: number,
  urgent: boolean,
): Promise<readonly Deletion[]> {
  const due = urgent ? sql`(not_before <= now() OR attempts = 0)` : sql`not_before <= now()`;
  return await statement("deletions.take", () =>
    sql<Deletion[]>`
      UPDATE deletion_queue SET attempts = attempts + 1,
        not_before = now() + least(30 * 2 ^ least(attempts, 10), 3600) * interval '1 second'
      WHERE id IN (
        SELECT id FROM deletion_queue
        WHERE backend_name = ANY (${[...backends]}::text[]) AND ${due}
        ORDER BY not_before LIMIT ${limit} FOR UPDATE SKIP LOCKED
      )
      RETURNING id, backend_name AS backend, backend_key AS "backendKey",
        backend_upload_id AS "backendUploadId", attempts`);
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
      WHERE backend_name = ANY (${[...backends]}::text[]) AND attempts = 1 AND not_before > now()
      LIMIT 1`);
  return rows.length > 0;
}
