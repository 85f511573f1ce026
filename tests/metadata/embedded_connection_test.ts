import assert from "node:assert/strict";
import postgres from "postgres";
import { openEmbedded } from "../../src/metadata/embedded.ts";
import { statement } from "../../src/metadata/sql.ts";
import { DriverConnection, type Wire } from "../../src/metadata/driver_connection.ts";

Deno.test("a transaction whose connection is lost is rolled back, and the next one is served", async () => {
  const dataDir = await Deno.makeTempDir({ prefix: "holdfast-embedded-" });
  const database = await openEmbedded(dataDir);
  const wires: Wire[] = [];
  const options = {
    socket: () =>
      new DriverConnection(async (events) => {
        const wire = await database.open(events);
        wires.push(wire);
        return wire;
      }),
    user: "postgres",
    database: "postgres",
    max: 1,
  };
  const sql = postgres(options);
  await sql`CREATE TABLE kept (value int)`;
  const lost = sql.begin(async (tx) => {
    await tx`INSERT INTO kept VALUES (1)`;
    wires[0]!.destroy();
    await tx`INSERT INTO kept VALUES (2)`;
  });
  await assert.rejects(lost);
  await statement("test", () => sql`INSERT INTO kept VALUES (3)`);
  assert.deepEqual([...await sql`SELECT value FROM kept`], [{ value: 3 }]);
  assert.equal(wires.length, 2);
  await sql.end();
  await database.close();
  await Deno.remove(dataDir, { recursive: true });
});
