/**
 * Three operators, of which one leads: when it dies, another goes on where it was.
 *
 * @module
 */
import assert from "node:assert/strict";
import { startMinio } from "../harness/minio.ts";
import type { Holdfast } from "../harness/server.ts";
import { eventually } from "./eventually.ts";
import {
  leaders,
  LOG_BUCKET,
  type OperatorCluster,
  startOperatorCluster,
} from "./operator_cluster.ts";
import { applyAgents, seeAgents } from "./operator_agents.ts";
import { termsOf } from "./operator_terms.ts";

/** Seconds: a fifth of the defaults, and in the same proportion. */
const [LEASE, DEADLINE, RETRY] = [6, 4, 1];

/** What is allowed beside the lease and a retry: the jitter of retries, and a busy machine. */
const SLACK = 8;

const ROUNDS = 3;

Deno.test("when the leader is killed another leads, and no event is lost or doubled", async () => {
  await using minio = await startMinio({ buckets: [LOG_BUCKET] });
  await using cluster = await startOperatorCluster(minio);
  await using stack = new AsyncDisposableStack();
  let started = 0;
  const start = async () => {
    const identity = `operator-${started++}`;
    return stack.use(await cluster.startOperator({ identity, env: DURATIONS }));
  };
  let operators: readonly Holdfast[] = await Promise.all([start(), start(), start()]);
  await eventually(async () => assert.equal((await leaders(operators)).length, 1), 30_000);

  for (let round = 0; round < ROUNDS; round++) {
    const [leader] = await leaders(operators);
    assert.ok(leader);
    // It dies in the middle of its work.
    await applyAgents(cluster, AGENTS, round);
    await hasWritten(cluster, 1 + round * 40);
    await leader.kill9();
    const died = performance.now();
    operators = operators.filter((operator) => operator !== leader);
    await eventually(
      async () => assert.equal((await leaders(operators)).length, 1),
      (LEASE + RETRY + SLACK) * 1_000,
    );
    const waited = (performance.now() - died) / 1_000;
    console.log(`another one led after ${waited.toFixed(1)} s; lease ${LEASE} s, retry ${RETRY} s`);
    operators = [...operators, await start()];
  }

  await seeAgents(cluster, AGENTS, ROUNDS - 1);
  const records = await cluster.records();
  assert.ok(termsOf(records) > 1, "another term has written after the first");
  assert.equal((await leaders(operators)).length, 1);
});

const DURATIONS = {
  RYNXS_LEASE_DURATION_SECONDS: String(LEASE),
  RYNXS_RENEW_DEADLINE_SECONDS: String(DEADLINE),
  RYNXS_RETRY_PERIOD_SECONDS: String(RETRY),
};

const AGENTS = 12;

async function hasWritten({ log }: OperatorCluster, events: number): Promise<void> {
  await eventually(async () => {
    const { nextSeq } = await log.log.head();
    assert.ok(nextSeq >= events, `${nextSeq} of ${events} events`);
  }, 30_000);
}
