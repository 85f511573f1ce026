import assert from "node:assert/strict";
import { openDatabase } from "../../src/metadata/connect.ts";
import { DataDirInUse } from "../../src/metadata/data_dir_lock.ts";
import { tidy } from "../../src/metadata/embedded_maintenance.ts";
import type { Sql } from "../../src/metadata/sql.ts";

async function inDataDir(run: (dataDir: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-embedded-" });
  try {
    await run(`${directory}/data`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function withSql(dataDir: string, run: (sql: Sql) => Promise<void>): Promise<void> {
  const database = await openDatabase({ database: undefined, data_dir: dataDir });
  try {
    await run(database.sql);
  } finally {
    await database.close();
  }
}

function startWriter(dataDir: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--allow-read",
      `--allow-write=${dataDir}`,
      "--allow-env",
      new URL("./embedded_child.ts", import.meta.url).pathname,
      dataDir,
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** Lets it write until `enough` rows are acknowledged, kills it, and returns the last of them. */
async function killAfter(child: Deno.ChildProcess, enough: number): Promise<number> {
  let acknowledged = 0;
  let printed = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    printed += text;
    acknowledged = printed.split("\n").length - 2;
    if (acknowledged >= enough) child.kill("SIGKILL");
  }
  await child.status;
  return Number(printed.trimEnd().split("\n").at(-1));
}

Deno.test("acknowledged rows survive kill -9, time after time", async () => {
  await inDataDir(async (dataDir) => {
    for (const enough of [1, 40, 150, 90]) {
      const last = await killAfter(startWriter(dataDir), enough);
      await withSql(dataDir, async (sql) => {
        const [found] = await sql<{ rows: number; last: number }[]>`
          SELECT count(*) AS rows, max(number) AS last FROM written`;
        assert.equal(found!.rows, found!.last);
        assert.ok(found!.last >= last, `row ${last} was acknowledged, ${found!.last} is the last`);
      });
    }
  });
});

Deno.test("a process killed while it makes the database leaves nothing that is in the way", async () => {
  await inDataDir(async (dataDir) => {
    for (const delay of [300, 900, 1500]) {
      const child = startWriter(dataDir);
      const timer = setTimeout(() => child.kill("SIGKILL"), delay);
      for await (const _ of child.stdout) {
        child.kill("SIGKILL");
      }
      await child.status;
      clearTimeout(timer);
    }
    await withSql(dataDir, async (sql) => {
      assert.deepEqual([...await sql`SELECT 1 AS one`], [{ one: 1 }]);
    });
  });
});

Deno.test("a data directory has one process at a time", async () => {
  await inDataDir(async (dataDir) => {
    await withSql(dataDir, async () => {
      await assert.rejects(
        openDatabase({ database: undefined, data_dir: dataDir }),
        (error) => error instanceof DataDirInUse && error.message.startsWith(dataDir),
      );
    });
    await withSql(dataDir, async (sql) => void await sql`SELECT 1`);
  });
});

Deno.test("the embedded database is one for all that is asked of it", async (test) => {
  await inDataDir((dataDir) =>
    withSql(dataDir, async (sql) => {
      await test.step("its commits reach the disk", async () => {
        const settings = await sql<{ name: string; setting: string }[]>`
          SELECT name, setting FROM pg_settings
          WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes') ORDER BY name`;
        assert.deepEqual(settings.map((row) => row.setting), ["on", "on", "on"]);
      });

      await test.step("bigint is a number, and one that is not safe is an error", async () => {
        const [row] = await sql`SELECT 9007199254740991::bigint AS most, count(*) FROM pg_class`;
        assert.equal(row!["most"], Number.MAX_SAFE_INTEGER);
        await assert.rejects(sql`SELECT 9007199254740992::bigint AS more`, RangeError);
      });

      await test.step("a statement that fails leaves those beside it alone", async () => {
        const settled = await Promise.allSettled(
          Array.from({ length: 30 }, (_, index) => sql`SELECT 10 / (${index}::int % 3) AS result`),
        );
        assert.deepEqual(
          settled.map(({ status }) => status),
          settled.map((_, index) => index % 3 === 0 ? "rejected" : "fulfilled"),
        );
      });

      await test.step("concurrent transactions follow one another", async () => {
        await sql`CREATE TABLE counter (value int)`;
        await sql`INSERT INTO counter VALUES (0)`;
        await Promise.all(Array.from({ length: 20 }, () =>
          sql.begin(async (tx) => {
            const [{ value } = { value: NaN }] = await tx<{ value: number }[]>`
              SELECT value FROM counter`;
            await tx`UPDATE counter SET value = ${value + 1}`;
          })));
        assert.deepEqual([...await sql`SELECT value FROM counter`], [{ value: 20 }]);
      });

      await test.step("a transaction that throws is rolled back", async () => {
        const failed = sql.begin(async (tx) => {
          await tx`UPDATE counter SET value = 99`;
          throw new Error("second thoughts");
        });
        await assert.rejects(failed, /second thoughts/);
        assert.deepEqual([...await sql`SELECT value FROM counter`], [{ value: 20 }]);
      });

      await test.step("values of megabytes pass in both directions", async () => {
        const value = "ü".repeat(2_000_000);
        const [row] = await sql<{ value: string }[]>`SELECT ${value}::text AS value`;
        assert.equal(row!.value, value);
      });

      await test.step("its write-ahead log does not grow for ever", async () => {
        await sql`CREATE TABLE filling (value text)`;
        let checkpointAt = await tidy(sql, 0);
        for (let round = 0; round < 4; round++) {
          await sql`INSERT INTO filling
            SELECT repeat(md5(n::text), 25) FROM generate_series(1, 100000) AS n`;
          checkpointAt = await tidy(sql, checkpointAt);
        }
        const [log] = await sql<{ bytes: number }[]>`
          SELECT sum(size)::bigint AS bytes FROM pg_ls_waldir()`;
        assert.ok(checkpointAt > 300_000_000, `only ${checkpointAt} bytes were written`);
        assert.ok(log!.bytes < 250_000_000, `${log!.bytes} bytes of log are kept`);
      });

      await test.step("dead rows are removed", async () => {
        await sql`DELETE FROM filling`;
        await tidy(sql, 0);
        const [table] = await sql<{ bytes: number }[]>`
          SELECT pg_relation_size('filling') AS bytes`;
        assert.equal(table!.bytes, 0);
      });
    })
  );
});
