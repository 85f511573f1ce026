import sourceTables from "./migrations/0001_source_tables.sql" with { type: "text" };
import objects from "./migrations/0002_objects.sql" with { type: "text" };
import deletions from "./migrations/0003_deletions.sql" with { type: "text" };
import bucketPolicies from "./migrations/0004_bucket_policies.sql" with { type: "text" };
import logIndex from "./migrations/0005_log_index.sql" with { type: "text" };
import evidence from "./migrations/0006_evidence.sql" with { type: "text" };
import type { Sql } from "./sql.ts";

/** In order, and never edited once released: a change is a further migration. */
const MIGRATIONS: readonly { readonly version: number; readonly statements: string }[] = [
  { version: 1, statements: sourceTables },
  { version: 2, statements: objects },
  { version: 3, statements: deletions },
  { version: 4, statements: bucketPolicies },
  { version: 5, statements: logIndex },
  { version: 6, statements: evidence },
];

/** Any fixed number, the same in every replica: `holdfast` as ASCII. */
const MIGRATION_LOCK = 0x686f6c64;

/**
 * Brings the database to the newest schema. Safe when several replicas start at once: one migrates,
 * the others wait for it and find nothing left to do. All or nothing.
 *
 * @param virtualBucket the bucket that objects of s3-proxy belong to, when its tables are taken over
 */
export async function migrate(sql: Sql, virtualBucket: string): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`;
    await tx`SELECT set_config('holdfast.virtual_bucket', ${virtualBucket}, true)`;
    await tx`SELECT set_config('client_min_messages', 'warning', true)`;
    await tx`
      CREATE TABLE IF NOT EXISTS schema_migrations (
        version INT PRIMARY KEY, applied_at TIMESTAMPTZ NOT NULL DEFAULT now())`;
    const [newest] = await tx<{ version: number }[]>`
      SELECT coalesce(max(version), 0)::int AS version FROM schema_migrations`;
    for (const { version, statements } of MIGRATIONS) {
      if (version <= (newest?.version ?? 0)) continue;
      await tx.unsafe(statements).simple();
      await tx`INSERT INTO schema_migrations (version) VALUES (${version})`;
    }
  });
}
