/**
 * Many agents at once.
 *
 * @module
 */
import assert from "node:assert/strict";
import { AGENT } from "../../src/operator/kinds.ts";
import { startMinio } from "../harness/minio.ts";
import { eventually } from "./eventually.ts";
import {
  leaders,
  LOG_BUCKET,
  metricsOf,
  type OperatorCluster,
  startOperatorCluster,
  startThree,
} from "./operator_cluster.ts";
import { applyAgents, seeAgents } from "./operator_agents.ts";

const AGENTS = 200;
const UPDATES = 3;

Deno.test("two hundred agents made at once and changed three times end in one chain", async () => {
  await using minio = await startMinio({ buckets: [LOG_BUCKET] });
  await using cluster = await startOperatorCluster(minio);
  await using stack = new AsyncDisposableStack();
  const operators = await startThree(stack, cluster);
  for (let round = 0; round <= UPDATES; round++) {
    await applyAgents(cluster, AGENTS, round);
    await eventually(() => seeGeneration(cluster, round + 1), 240_000);
  }
  assert.equal(await seeAgents(cluster, AGENTS, UPDATES), AGENTS * (UPDATES + 1));
  const [leader] = await leaders(operators);
  assert.ok(leader);
  const memory = Math.round(await leader.residentBytes() / 2 ** 20);
  console.log(`reconciles: ${durations(await metricsOf(leader))}; ${memory} MiB resident`);
});

/** Sees that all specs of a generation are done. */
async function seeGeneration({ api }: OperatorCluster, generation: number): Promise<void> {
  const { items } = await api.list(AGENT);
  const done = items.filter(({ metadata, status }) =>
    status?.observedGeneration === generation && metadata.generation === generation
  );
  assert.equal(done.length, AGENTS);
}

/** How many there were, and in how many seconds 95 of a hundred were done, as Prometheus estimates it. */
function durations(metrics: string): string {
  const buckets = [...metrics.matchAll(BUCKET)].map(([, bound, count]) => ({
    bound: bound === "+Inf" ? Infinity : Number(bound),
    count: Number(count),
  }));
  const total = buckets.at(-1)?.count ?? 0;
  const index = buckets.findIndex(({ count }) => count >= total * 0.95);
  const [from, to] = [buckets[index - 1] ?? { bound: 0, count: 0 }, buckets[index]!];
  const share = (total * 0.95 - from.count) / (to.count - from.count);
  const p95 = from.bound + (to.bound - from.bound) * share;
  const sum = Number(/^rynxs_reconcile_duration_seconds_sum\S* (\S+)$/m.exec(metrics)?.[1]);
  return `${total}, mean ${(sum / total).toFixed(3)} s, p95 ${p95.toFixed(3)} s`;
}

const BUCKET = /^rynxs_reconcile_duration_seconds_bucket\{[^}]*le="([^"]+)"[^}]*\} (\d+)$/gm;
