/**
 * Three operators before an API server that is in trouble: whatever it does, one writes at a time.
 *
 * @module
 */
import assert from "node:assert/strict";
import { startMinio } from "../harness/minio.ts";
import { eventually } from "./eventually.ts";
import { startFaultProxy } from "./kube_fault_proxy.ts";
import { leaders, LOG_BUCKET, startOperatorCluster, startThree } from "./operator_cluster.ts";
import { applyAgents, seeAgents } from "./operator_agents.ts";
import { termsOf } from "./operator_terms.ts";

const AGENTS = 10;

/** How long the server stands still: longer than the lease of 30 s. Milliseconds. */
const FREEZE = 40_000;

/** How long the server refuses some of its requests. Milliseconds. */
const TROUBLES = 120_000;

/** How often agents are changed meanwhile. Milliseconds. */
const CHANGES = 8_000;

Deno.test("while the API server stands still nobody leads twice, and afterwards the work goes on", async () => {
  await using minio = await startMinio({ buckets: [LOG_BUCKET] });
  await using cluster = await startOperatorCluster(minio);
  await using stack = new AsyncDisposableStack();
  const operators = await startThree(stack, cluster);
  await applyAgents(cluster, AGENTS, 0);
  await eventually(async () => assert.ok((await cluster.log.log.head()).nextSeq > AGENTS), 30_000);
  await applyAgents(cluster, AGENTS, 1);
  cluster.kubernetes.freeze();
  await sleep(FREEZE);
  assert.equal((await leaders(operators)).length, 0, "who cannot renew the lease stops");
  cluster.kubernetes.thaw();
  await eventually(async () => assert.equal((await leaders(operators)).length, 1), 60_000);
  await applyAgents(cluster, AGENTS, 2);
  await seeAgents(cluster, AGENTS, 2);
  assert.ok(termsOf(await cluster.records()) > 1);
});

Deno.test("an API server that answers 500 and 409 at random never gives an epoch two writers", async () => {
  await using minio = await startMinio({ buckets: [LOG_BUCKET] });
  await using cluster = await startOperatorCluster(minio);
  await using proxy = startFaultProxy(cluster.kubernetes);
  await using stack = new AsyncDisposableStack();
  await startThree(stack, cluster, {
    server: proxy.server,
    env: {
      RYNXS_LEASE_DURATION_SECONDS: "6",
      RYNXS_RENEW_DEADLINE_SECONDS: "4",
      RYNXS_RETRY_PERIOD_SECONDS: "1",
    },
  });
  let round = 0;
  const until = Date.now() + TROUBLES;
  while (Date.now() < until) {
    // Now and then it is bad enough for a leader to fall.
    proxy.refuse(round % 3 === 2 ? 0.8 : 0.3);
    await applyAgents(cluster, AGENTS, round++);
    await sleep(CHANGES);
  }
  proxy.refuse(0);
  await applyAgents(cluster, AGENTS, round);
  await seeAgents(cluster, AGENTS, round);
  const terms = termsOf(await cluster.records());
  console.log(`${proxy.refused} requests refused, ${terms} terms wrote`);
});

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
