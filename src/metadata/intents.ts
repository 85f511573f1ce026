import { type Sql, statement } from "./sql.ts";

/** Tells that the writes of this process are alive, so that no other sweeps them. */
export async function touchIntents(sql: Sql, ids: readonly string[]): Promise<void> {
  await statement(
    "intents.touch",
    () => sql`UPDATE write_intents SET touched_at = now() WHERE id = ANY (${[...ids]}::text[])`,
  );
}

/** Ends a write that stored nothing: the reservation is given back at once. */
export async function releaseIntent(sql: Sql, id: string): Promise<void> {
  await statement("intents.release", () =>
    sql`
      WITH gone AS (DELETE FROM write_intents WHERE id = ${id} RETURNING backend_name, reserved)
      UPDATE backend_quotas AS q SET bytes_reserved = bytes_reserved - gone.reserved
      FROM gone WHERE q.backend_name = gone.backend_name AND gone.reserved > 0`);
}

/** What is not known of a write that did not end well. */
export interface Doubts {
  /** The backend may have begun uploads in parts: all those of the key are aborted. */
  readonly everyUpload?: boolean;
  /** The backend did not answer, and may store the bytes yet: they are deleted again after this, in milliseconds. */
  readonly againAfter?: number;
}

/**
 * Ends a write that may have left bytes: they are queued for deletion, and count as used until the
 * backend has confirmed that they are gone.
 */
export async function abandonIntent(
  sql: Sql,
  id: string,
  doubts: Doubts = {},
): Promise<void> {
  await abandon(sql, sql`WHERE id = ${id}`, doubts);
}

/** {@link abandonIntent} for every write whose process has not been heard of for that long. */
export async function sweepIntents(sql: Sql, maxAgeMs: number): Promise<number> {
  return await abandon(
    sql,
    sql`WHERE touched_at < now() - ${maxAgeMs} * interval '1 millisecond'`,
    { everyUpload: true },
  );
}

async function abandon(
  sql: Sql,
  where: ReturnType<Sql>,
  { everyUpload = false, againAfter }: Doubts,
): Promise<number> {
  const [swept] = await statement("intents.abandon", () =>
    sql<{ count: number }[]>`
      WITH gone AS (
        DELETE FROM write_intents ${where} RETURNING kind, backend_name, backend_key, reserved
      ), sums AS (
        SELECT backend_name, sum(reserved) AS reserved,
          coalesce(sum(reserved) FILTER (WHERE kind = 'object'), 0) AS queued,
          count(*) FILTER (WHERE kind = 'object') AS objects
        FROM gone GROUP BY backend_name
      ), moved AS (
        UPDATE backend_quotas AS q SET bytes_reserved = bytes_reserved - sums.reserved,
          bytes_used = bytes_used + sums.queued, objects_count = objects_count + sums.objects
        FROM sums WHERE q.backend_name = sums.backend_name
      ), queued AS (
        INSERT INTO deletion_queue (
          backend_name, backend_key, every_upload, bytes, objects, not_before)
        SELECT backend_name, backend_key, ${everyUpload}::boolean, bytes, objects, not_before
        FROM gone CROSS JOIN LATERAL (VALUES
          (reserved, 1, now()),
          (0, 0, now() + ${againAfter ?? null}::float8 * interval '1 millisecond')
        ) AS turn (bytes, objects, not_before)
        WHERE kind = 'object' AND not_before IS NOT NULL
      )
      SELECT count(*) FROM gone`);
  return swept?.count ?? 0;
}

/**
 * Claims a multipart upload for completing or aborting it. `false`: another has it, or the upload
 * is not there. A claim whose holder has died is swept like any other intent.
 */
export async function claimUpload(sql: Sql, uploadId: string): Promise<boolean> {
  const claimed = await statement("intents.claim", () =>
    sql`
      INSERT INTO write_intents (id, kind, backend_name, backend_key, reserved)
      SELECT upload_id, 'claim', backend_name, backend_key, 0 FROM multipart_uploads
      WHERE upload_id = ${uploadId} ON CONFLICT (id) DO NOTHING`);
  return claimed.count === 1;
}
