/**
 * A process that writes rows to an embedded database until it is killed, and prints the number of
 * each row once its commit is acknowledged.
 */
import { openDatabase } from "../../src/metadata/connect.ts";

const [dataDir = ""] = Deno.args;
const { sql } = await openDatabase({ database: undefined, data_dir: dataDir });
await sql`CREATE TABLE IF NOT EXISTS written (number bigint PRIMARY KEY, filling text)`;
const [last] = await sql<{ number: number }[]>`
  SELECT coalesce(max(number), 0) AS number FROM written`;
console.log("open");
for (let number = last!.number + 1;; number++) {
  await sql.begin(async (tx) => {
    await tx`INSERT INTO written VALUES (${number}, ${"x".repeat(number % 3000)})`;
  });
  console.log(number);
}
