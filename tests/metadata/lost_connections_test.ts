import assert from "node:assert/strict";
import postgres from "postgres";
import { type Database, openDatabase } from "../../src/metadata/connect.ts";
import { CONNECTION_LOST } from "../../src/metadata/protocol_messages.ts";
import { type Sql, statement } from "../../src/metadata/sql.ts";
import { type PostgresAddress, startPostgres } from "../harness/postgres.ts";

const CONNECTIONS = 6;

async function withPool(
  run: (database: Database, killAll: () => Promise<void>) => Promise<void>,
): Promise<void> {
  await using server = await startPostgres();
  const address: PostgresAddress = await server.createDatabase();
  const { host, port, user, password, database: name } = address;
  const database = await openDatabase({
    data_dir: "./unused",
    database: {
      host,
      port,
      user,
      password,
      database: name,
      ssl_mode: "disable",
      max_conns: CONNECTIONS,
      min_conns: CONNECTIONS,
      max_conn_lifetime: 300_000,
    },
  });
  const operator = postgres(server.url, { max: 1 });
  const killAll = async () => {
    await operator`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${name}`;
  };
  try {
    await run(database, killAll);
  } finally {
    await operator.end();
    await database.close();
  }
}

/** Two rows or none, with a pause in between in which a connection can be lost. */
function writePair(sql: Sql): Promise<unknown> {
  return statement("pair", () =>
    sql.begin(async (tx) => {
      await tx`INSERT INTO pairs VALUES ('first')`;
      await tx`SELECT pg_sleep(0.002)`;
      await tx`INSERT INTO pairs VALUES ('second')`;
    }));
}

async function countPairs(sql: Sql): Promise<{ first: number; second: number }> {
  const [row] = await statement("count", () =>
    sql<{ first: number; second: number }[]>`
      SELECT count(*) FILTER (WHERE half = 'first') AS first,
             count(*) FILTER (WHERE half = 'second') AS second FROM pairs`);
  return row!;
}

/** A statement that is sent before the loss is noticed fails with it, and must not be run again. */
function noticed(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100));
}

const EXPECTED: ReadonlySet<unknown> = new Set([
  "57P01",
  CONNECTION_LOST.within,
  CONNECTION_LOST.after,
]);

Deno.test("a pool that loses all its connections, again and again, works on and tears nothing", async () => {
  await withPool(async ({ sql }, killAll) => {
    await sql`CREATE TABLE pairs (half text)`;
    let stop = false;
    let written = 0;
    const writer = async () => {
      while (!stop) {
        try {
          await writePair(sql);
          written++;
        } catch (error) {
          assert.ok(
            error instanceof Error && "code" in error && EXPECTED.has(error.code),
            `${error}`,
          );
        }
      }
    };
    const writers = Array.from({ length: 2 * CONNECTIONS }, writer);
    for (let round = 0; round < 12; round++) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      await killAll();
    }
    const before = written;
    while (written < before + 200) await new Promise((resolve) => setTimeout(resolve, 10));
    stop = true;
    await Promise.all(writers);
    const { first, second } = await countPairs(sql);
    assert.equal(first, second);
    assert.ok(first >= written);
  });
});

Deno.test("statements that find idle connections lost are run on new ones", async () => {
  await withPool(async ({ sql }, killAll) => {
    for (let round = 0; round < 3; round++) {
      await killAll();
      await noticed();
      const values = await Promise.all(
        Array.from(
          { length: 3 * CONNECTIONS },
          (_, value) => statement("test", () => sql`SELECT ${value}::int AS value`),
        ),
      );
      assert.deepEqual(values.map(([row]) => row!["value"]), [...values.keys()]);
    }
  });
});

Deno.test("a transaction that idles when its connection is lost fails at its end, and alone", async () => {
  await withPool(async ({ sql }, killAll) => {
    await sql`CREATE TABLE pairs (half text)`;
    const killed = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const idle = sql.begin(async (tx) => {
      await tx`INSERT INTO pairs VALUES ('first')`;
      begun.resolve();
      await killed.promise;
    });
    const failed = assert.rejects(idle, { code: CONNECTION_LOST.within });
    await begun.promise;
    await killAll();
    await noticed();
    await Promise.all(Array.from({ length: CONNECTIONS }, () => writePair(sql)));
    killed.resolve();
    await failed;
    await Promise.all(Array.from({ length: CONNECTIONS }, () => writePair(sql)));
    assert.deepEqual(await countPairs(sql), {
      first: 2 * CONNECTIONS,
      second: 2 * CONNECTIONS,
    });
  });
});
