import { type Sql, statement } from "./sql.ts";

/** Any fixed number: the first half of the key of every task's advisory lock. */
const LOCK_SPACE = 0x686f6c64;

/**
 * Runs a task unless another replica is running it: then nothing happens. The lock lives in a
 * transaction on one connection, so that it ends with the process; with a pool of one connection
 * there are no other replicas, and the task simply runs.
 */
export async function onOneReplica(
  sql: Sql,
  task: string,
  run: () => Promise<void>,
): Promise<void> {
  if (sql.options.max === 1) return await run();
  await sql.begin(async (tx) => {
    const [lock] = await statement("leadership.lock", () =>
      tx<{ held: boolean }[]>`
        SELECT pg_try_advisory_xact_lock(${LOCK_SPACE}, hashtext(${task})) AS held`);
    if (lock?.held) await run();
  });
}
