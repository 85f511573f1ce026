import assert from "node:assert/strict";
import { join } from "node:path";
import { createProbes } from "../../src/operator/probes.ts";
import * as metrics from "../../src/telemetry/metrics.ts";
import * as operatorMetrics from "../../src/telemetry/operator_metrics.ts";
import { readAlerts, readRulesFiles, RULES_DIRECTORY } from "../deploy/alerts.ts";
import { queriesOf, readDashboards, withVariables } from "../deploy/dashboards.ts";
import { startHoldfast } from "../harness/server.ts";
import { eventually } from "./eventually.ts";
import { startPrometheus } from "./prometheus_server.ts";

Deno.test("a real Prometheus takes the rules and the dashboards' queries", async (t) => {
  await using operator = startOperatorLike();
  await using server = await startHoldfast({ threads: 1 });
  const rulesFiles = await readRulesFiles();
  await using prometheus = await startPrometheus({
    rules: rulesFiles.map(({ file }) => join(RULES_DIRECTORY, file)),
    targets: [
      { job: "holdfast", address: new URL(server.endpoint).host, labels: { namespace: "s3" } },
      { job: "operator", address: operator.address, labels: { namespace: "rynxs", pod: "a" } },
    ],
  });

  await t.step("both are scraped", () =>
    eventually(async () => {
      const up = await prometheus.query("up == 1");
      assert.deepEqual(up.map(({ metric }) => metric["job"]).sort(), ["holdfast", "operator"]);
    }, 20_000));

  await t.step(
    "a server is known by its quotas from the start on, and is no operator",
    async () => {
      await eventually(async () => {
        const limits = await prometheus.query('s3proxy_quota_bytes_limit{job="holdfast"}');
        assert.notEqual(limits.length, 0);
      }, 20_000);
      const leaders = await prometheus.query('rynxs_leader_election_status{job="holdfast"}');
      assert.deepEqual(leaders, []);
    },
  );

  await t.step("every alert is evaluated without an error", () =>
    eventually(async () => {
      const groups = await prometheus.rules();
      const rules = groups.flatMap((group) => group.rules);
      for (const { name, health, lastError } of rules) assert.equal(health, "ok", name + lastError);
      const names = (await readAlerts()).map(({ alert }) => alert).sort();
      assert.deepEqual(rules.map(({ name }) => name).sort(), names);
    }, 20_000));

  // What was evaluated last may have been so before the first scrape.
  await t.step("where a server and a leader are, nothing is missed", () =>
    eventually(async () => {
      const rules = (await prometheus.rules()).flatMap((group) => group.rules);
      for (const name of ["RynxsNoLeader", "S3ProxyDown", "S3ProxyInstanceDown"]) {
        const state = rules.find((rule) => rule.name === name)?.state;
        assert.equal(state, "inactive", name);
      }
    }, 20_000));

  for (const [file, dashboard] of await readDashboards()) {
    await t.step(`every query of ${file} finds something`, () =>
      eventually(async () => {
        for (const { place, expression } of queriesOf(dashboard)) {
          const found = await prometheus.query(withVariables(expression))
            .catch((error) => assert.fail(`${place}: ${error}`));
          const isQuiet = place.startsWith("annotation");
          assert.equal(found.length > 0, !isQuiet, `${place}: ${expression}`);
        }
      }, 30_000));
  }

  await t.step("it is told when the server ends", async () => {
    await server.stop();
    await eventually(async () => {
      const pending = (await prometheus.rules()).flatMap(({ rules }) => rules)
        .filter(({ state }) => state !== "inactive").map(({ name }) => name);
      assert.ok(pending.includes("S3ProxyInstanceDown"), String(pending));
    }, 20_000);
  });
});

/** The endpoint of an operator, and behind it every metric there is, with things going on. */
function startOperatorLike() {
  const probes = createProbes(
    { stuck: () => undefined, unready: () => undefined, facts: () => ({}) },
    { metrics: true },
  );
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => probes.fetch(request),
  );
  observeEverything();
  const timer = setInterval(observeEverything, 200);
  return {
    address: `127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await server.shutdown();
    },
  };
}

/** Once of everything that a dashboard shows. */
function observeEverything(): void {
  const backend = "disk";
  metrics.requestsTotal.inc({ method: "GET", status_code: "200" }, 100);
  metrics.requestsTotal.inc({ method: "GET", status_code: "500" });
  metrics.requestDuration.observe({ method: "GET" }, 0.02);
  metrics.requestSize.observe({ method: "GET" }, 10);
  metrics.responseSize.observe({ method: "GET" }, 5_000);
  metrics.inflightRequests.set({ method: "GET" }, 1);
  for (const operation of ["GetObject", "CreateMultipartUpload", "UploadPart"]) {
    metrics.managerRequestsTotal.inc({ operation, backend, status: "error" });
    metrics.managerRequestsTotal.inc({ operation, backend, status: "success" }, 100);
    metrics.managerDuration.observe({ operation, backend }, 0.1);
  }
  metrics.backendRequestsTotal.inc({ operation: "GetObject", backend, status: "error" });
  metrics.backendRequestsTotal.inc({ operation: "GetObject", backend, status: "success" }, 100);
  metrics.backendDuration.observe({ operation: "GetObject", backend }, 0.1);
  metrics.quotaBytesUsed.set({ backend }, 10);
  metrics.quotaBytesLimit.set({ backend }, 100);
  metrics.quotaBytesAvailable.set({ backend }, 90);
  metrics.objectsCount.set({ backend }, 3);
  metrics.activeMultipartUploads.set({ backend }, 1);
  metrics.evidenceUnfinished.set(1);
  metrics.eventsTotal.inc({ event_type: "AgentObserved" });
  metrics.logPutErrorsTotal.inc({ error_type: "NetworkError" }, 0.001);
  metrics.replayDuration.observe(0.2);
  metrics.checkpointCreateDuration.observe(0.2);
  operatorMetrics.leaderElectionStatus.set(1);
  operatorMetrics.leaderElectionFailuresTotal.inc({ reason: "api_error" }, 0.001);
  operatorMetrics.leaderTransitionsTotal.inc({ event: "acquired" }, 0.001);
  operatorMetrics.reconcileDuration.observe({ resource_type: "agents" }, 0.1);
}
