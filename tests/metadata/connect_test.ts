import assert from "node:assert/strict";
import { openDatabase } from "../../src/metadata/connect.ts";
import { type PostgresAddress, startPostgres } from "../harness/postgres.ts";

function configOf({ host, port, user, password, database }: PostgresAddress) {
  return {
    data_dir: "./unused",
    database: {
      host,
      port,
      user,
      password,
      database,
      ssl_mode: "prefer" as const,
      max_conns: 8,
      min_conns: 3,
      max_conn_lifetime: 300_000,
    },
  };
}

Deno.test("a pool opens its connections at once, and reads bigint as numbers", async () => {
  await using server = await startPostgres();
  const database = await openDatabase(configOf(await server.createDatabase()));
  try {
    assert.equal(database.embedded, false);
    const [row] = await database.sql`
      SELECT count(*) AS connections FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'holdfast'`;
    assert.equal(row!["connections"], 3);
  } finally {
    await database.close();
  }
});

Deno.test("a server that refuses is an error at the start, without the password", async () => {
  await using server = await startPostgres();
  const config = configOf(await server.createDatabase());
  await assert.rejects(
    openDatabase({ ...config, database: { ...config.database, database: "no_such_database" } }),
    (error: Error) =>
      /no_such_database/.test(error.message) && !error.message.includes(config.database.password),
  );
  await assert.rejects(
    openDatabase({ ...config, database: { ...config.database, port: 1 } }),
    /ECONNREFUSED/,
  );
});

Deno.test("a server without TLS is refused where TLS is required", async () => {
  await using server = await startPostgres();
  const config = configOf(await server.createDatabase());
  await assert.rejects(
    openDatabase({ ...config, database: { ...config.database, ssl_mode: "require" } }),
  );
});
