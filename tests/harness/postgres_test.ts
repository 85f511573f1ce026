import assert from "node:assert/strict";
import postgres from "postgres";
import { startPostgres } from "./postgres.ts";

Deno.test("startPostgres gives databases that do not see each other's tables", async () => {
  await using server = await startPostgres();
  const [one, two] = [await server.createDatabase(), await server.createDatabase()];
  const first = postgres(one.url, { max: 1 });
  const second = postgres(two.url, { max: 1 });
  try {
    await first`CREATE TABLE things (id int)`;
    const found = await second`SELECT to_regclass('things') AS name`;
    assert.deepEqual([...found], [{ name: null }]);
  } finally {
    await Promise.all([first.end(), second.end()]);
  }
});

Deno.test("startPostgres compares text as bytes", async () => {
  await using server = await startPostgres();
  const { url } = await server.createDatabase();
  const sql = postgres(url, { max: 1 });
  try {
    const rows = await sql`SELECT key FROM (VALUES ('a'), ('B'), ('é')) AS t (key) ORDER BY key`;
    assert.deepEqual(rows.map((row) => row.key), ["B", "a", "é"]);
  } finally {
    await sql.end();
  }
});
