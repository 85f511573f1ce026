import assert from "node:assert/strict";
import postgres from "postgres";
import sourceTables from "../../src/metadata/migrations/0001_source_tables.sql" with {
  type: "text",
};
import { migrate } from "../../src/metadata/migrate.ts";
import type { Sql } from "../../src/metadata/sql.ts";
import { startPostgres } from "../harness/postgres.ts";

async function withDatabase(run: (open: () => Sql) => Promise<void>): Promise<void> {
  await using server = await startPostgres();
  const { url } = await server.createDatabase();
  const pools: Sql[] = [];
  try {
    await run(() => {
      const sql = postgres(url, { onnotice: () => {}, types: { bigint: INT8 } });
      pools.push(sql);
      return sql;
    });
  } finally {
    await Promise.all(pools.map((sql) => sql.end()));
  }
}

const INT8 = { to: 20, from: [20], serialize: String, parse: Number };

Deno.test("replicas that start at once migrate once", async () => {
  await withDatabase(async (open) => {
    const pools = Array.from({ length: 8 }, open);
    await Promise.all(pools.map((sql) => migrate(sql, "unified")));
    const [sql] = pools;
    assert(sql);
    const rows = await sql`SELECT version FROM schema_migrations ORDER BY version`;
    assert.deepEqual(rows.map((row) => row.version), [1, 2, 3, 4, 5, 6]);
    const tables = await sql`
      SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`;
    for (
      const name of ["backend_quotas", "object_locations", "multipart_uploads", "multipart_parts"]
    ) {
      assert(tables.some((row) => row.table_name === name), name);
    }
  });
});

Deno.test("tables that s3-proxy filled are taken over: every object stays, under the virtual bucket", async () => {
  await withDatabase(async (open) => {
    const sql = open();
    await sql.unsafe(sourceTables).simple();
    await sql.unsafe(`
      INSERT INTO backend_quotas (backend_name, bytes_used, bytes_limit) VALUES ('oci', 30, 100), ('b2', 10, 100);
      INSERT INTO object_locations (object_key, backend_name, size_bytes, created_at) VALUES
        ('a/b', 'oci', 10, '2025-01-02T00:00:00Z'), ('a/b', 'b2', 10, '2025-01-03T00:00:00Z'),
        ('c', 'oci', 20, '2025-01-01T00:00:00Z');
      INSERT INTO multipart_uploads (upload_id, object_key, backend_name) VALUES ('up', 'k', 'oci');
      INSERT INTO multipart_parts (upload_id, part_number, etag, size_bytes) VALUES ('up', 1, 'e', 5);
    `).simple();
    await migrate(sql, "unified");
    const objects = await sql`
      SELECT bucket, object_key, backend_name, backend_key, size_bytes FROM object_locations ORDER BY object_key`;
    assert.deepEqual(objects.map((row) => ({ ...row })), [
      {
        bucket: "unified",
        object_key: "a/b",
        backend_name: "oci",
        backend_key: "a/b",
        size_bytes: 10,
      },
      { bucket: "unified", object_key: "c", backend_name: "oci", backend_key: "c", size_bytes: 20 },
    ]);
    const copies = await sql`SELECT object_key, backend_name FROM object_copies`;
    assert.deepEqual(copies.map((row) => ({ ...row })), [{
      object_key: "a/b",
      backend_name: "b2",
    }]);
    const queued = await sql`SELECT backend_name, backend_key, bytes FROM deletion_queue`;
    assert.deepEqual(queued.map((row) => ({ ...row })), [
      { backend_name: "oci", backend_key: "__multipart/up/1", bytes: 0 },
    ]);
    const quotas = await sql`
      SELECT backend_name, bytes_used, objects_count FROM backend_quotas ORDER BY backend_name`;
    assert.deepEqual(quotas.map((row) => ({ ...row })), [
      { backend_name: "b2", bytes_used: 10, objects_count: 0 },
      { backend_name: "oci", bytes_used: 30, objects_count: 2 },
    ]);
  });
});
