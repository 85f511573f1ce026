import type { Sql } from "./sql.ts";

/** Between looks. Milliseconds. */
const INTERVAL = 30_000;

/** Bytes of write-ahead log after which the files are brought up to date, and older log is freed. */
const CHECKPOINT_AFTER = 64 * 1024 * 1024;

/**
 * What a PostgreSQL server does in processes of its own and the embedded one does not: checkpoints,
 * without which the write-ahead log only grows, and vacuum, by autovacuum's default thresholds.
 *
 * @returns stops it, once what is running is done
 */
export function maintain(sql: Sql): () => Promise<void> {
  let checkpointAt = 0;
  let running: Promise<void> = Promise.resolve();

  const timer = setInterval(() => {
    running = tidy(sql, checkpointAt).then((at) => void (checkpointAt = at)).catch(() => {
      // It is tried again at the next look; a database that is gone shows itself to its users.
    });
  }, INTERVAL);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

/**
 * One look.
 *
 * @param checkpointAt as returned by the look before, in bytes of write-ahead log; 0 for the first
 */
export async function tidy(sql: Sql, checkpointAt: number): Promise<number> {
  for (const table of await tablesToVacuum(sql)) await sql`VACUUM (ANALYZE) ${sql(table)}`;
  const written = await bytesWritten(sql);
  if (written - checkpointAt <= CHECKPOINT_AFTER) return checkpointAt;
  await sql`CHECKPOINT`;
  return written;
}

async function bytesWritten(sql: Sql): Promise<number> {
  const [row] = await sql<{ bytes: number }[]>`
    SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint AS bytes`;
  return row?.bytes ?? 0;
}

/** Source: PostgreSQL, "The Autovacuum Daemon". */
async function tablesToVacuum(sql: Sql): Promise<readonly string[]> {
  const rows = await sql<{ name: string }[]>`
    SELECT s.relname AS name FROM pg_stat_user_tables AS s JOIN pg_class AS c ON c.oid = s.relid
    WHERE s.schemaname = 'public' AND (
      s.n_dead_tup > 50 + 0.2 * greatest(c.reltuples, 0)
      OR s.n_ins_since_vacuum > 1000 + 0.2 * greatest(c.reltuples, 0))`;
  return rows.map((row) => row.name);
}
