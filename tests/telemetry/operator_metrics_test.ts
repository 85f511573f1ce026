import assert from "node:assert/strict";
import { expose, snapshot } from "../../src/telemetry/aggregate.ts";
import * as metrics from "../../src/telemetry/metrics.ts";
import * as operatorMetrics from "../../src/telemetry/operator_metrics.ts";
import { REPOSITORY } from "../harness/server.ts";

/** Every metric of an operator, with its type and a sample as existing dashboards read it. */
const CONTRACT: Readonly<Record<string, readonly [type: string, sample: string]>> = {
  rynxs_leader_election_status: ["gauge", "rynxs_leader_election_status 1"],
  rynxs_leader_election_failures_total: [
    "counter",
    'rynxs_leader_election_failures_total{reason="api_error"} 1',
  ],
  rynxs_leader_transitions_total: [
    "counter",
    'rynxs_leader_transitions_total{event="acquired"} 1',
  ],
  rynxs_reconcile_duration_seconds: [
    "histogram",
    'rynxs_reconcile_duration_seconds_bucket{le="0.5",resource_type="agents"} 1',
  ],
  rynxs_events_total: ["counter", 'rynxs_events_total{event_type="AgentObserved"} 1'],
  rynxs_replay_duration_seconds: ["histogram", 'rynxs_replay_duration_seconds_bucket{le="5"} 1'],
  rynxs_s3_put_errors_total: ["counter", 'rynxs_s3_put_errors_total{error_type="AccessDenied"} 1'],
  rynxs_checkpoint_create_duration_seconds: [
    "histogram",
    'rynxs_checkpoint_create_duration_seconds_bucket{le="5"} 1',
  ],
  rynxs_checkpoint_verify_failures_total: ["counter", "rynxs_checkpoint_verify_failures_total 1"],
};

function observeEverything(): void {
  operatorMetrics.leaderElectionStatus.set(1);
  operatorMetrics.leaderElectionFailuresTotal.inc({ reason: "api_error" });
  operatorMetrics.leaderTransitionsTotal.inc({ event: "acquired" });
  operatorMetrics.reconcileDuration.observe({ resource_type: "agents" }, 0.2);
  metrics.eventsTotal.inc({ event_type: "AgentObserved" });
  metrics.replayDuration.observe(2);
  metrics.logPutErrorsTotal.inc({ error_type: "AccessDenied" });
  metrics.checkpointCreateDuration.observe(2);
  metrics.checkpointVerifyFailuresTotal.inc();
}

Deno.test("an operator's metrics have the names, types and labels that alerts know", async () => {
  metrics.registry.resetMetrics();
  observeEverything();
  const lines = (await expose([await snapshot()])).split("\n");
  for (const [name, [type, sample]] of Object.entries(CONTRACT)) {
    assert.ok(lines.includes(`# TYPE ${name} ${type}`), `${name} is no ${type}`);
    assert.ok(lines.includes(sample), `${sample} is missing from\n${lines.join("\n")}`);
  }
  const all = lines.filter((line) => line.startsWith("# TYPE rynxs_")).length;
  assert.equal(all, Object.keys(CONTRACT).length, "a metric is not in the table");
});

Deno.test("an operator that has just begun already says that it does not lead", async () => {
  const lines = (await metricsOfNewProcess("operator_metrics.ts")).split("\n");
  assert.ok(lines.includes("rynxs_leader_election_status 0"));
  assert.ok(lines.includes("rynxs_checkpoint_verify_failures_total 0"));
  assert.ok(lines.includes("rynxs_replay_duration_seconds_count 0"));
});

Deno.test("threads of one process are one replica: one that leads is enough, events add up", async () => {
  metrics.registry.resetMetrics();
  observeEverything();
  const leading = await snapshot();
  operatorMetrics.leaderElectionStatus.set(0);
  const lines = (await expose([leading, await snapshot()])).split("\n");
  assert.ok(lines.includes("rynxs_leader_election_status 1"));
  assert.ok(lines.includes('rynxs_events_total{event_type="AgentObserved"} 2'));
  assert.ok(
    lines.includes('rynxs_reconcile_duration_seconds_count{resource_type="agents"} 2'),
    lines.join("\n"),
  );
});

Deno.test("a server that runs no operator says nothing of leaders", async () => {
  const text = await metricsOfNewProcess("metrics.ts");
  assert.match(text, /^rynxs_replay_duration_seconds_count 0$/m);
  assert.doesNotMatch(text, /rynxs_(?:leader|reconcile)/);
});

/** What a process shows that has done nothing yet but to load a file of `src/telemetry`. */
async function metricsOfNewProcess(file: string): Promise<string> {
  const code = [
    `import "./src/telemetry/${file}";`,
    'import { expose, snapshot } from "./src/telemetry/aggregate.ts";',
    "console.log(await expose([await snapshot()]));",
  ].join("\n");
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", "--ext=ts", code],
    cwd: REPOSITORY,
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
