/**
 * Two operators that nobody elected, with one log: nothing holds them apart but the log itself.
 *
 * @module
 */
import assert from "node:assert/strict";
import { startMinio } from "../harness/minio.ts";
import { eventually } from "./eventually.ts";
import { applyAgents } from "./operator_agents.ts";
import { LOG_BUCKET, startOperatorCluster } from "./operator_cluster.ts";
import { assertNothingLostOrDoubled } from "./operator_terms.ts";

const AGENTS = 10;

Deno.test("two operators that nobody elected come to one log, and lose and double nothing", async () => {
  await using minio = await startMinio({ buckets: [LOG_BUCKET] });
  await using cluster = await startOperatorCluster(minio);
  await using stack = new AsyncDisposableStack();
  const env = { RYNXS_LEADER_ELECTION_ENABLED: "0" };
  const operators = await Promise.all(
    ["one", "other"].map((identity) => cluster.startOperator({ identity, env })),
  );
  for (const operator of operators) stack.use(operator);
  for (const round of [0, 1, 2]) {
    await applyAgents(cluster, AGENTS, round);
    await eventually(async () => {
      const specs = assertNothingLostOrDoubled(await cluster.records());
      assert.equal(specs, AGENTS * (round + 1));
    }, 60_000);
  }
  for (const operator of operators) assert.doesNotMatch(operator.output(), / at .*\.ts:\d+/);
});
