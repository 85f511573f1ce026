/**
 * Alerts that fire because of what real operators do. The rules are those of `deploy/prometheus` with
 * each minute as a second, so that nobody waits for five of them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DeleteBucketPolicyCommand, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { readRulesFiles } from "../deploy/alerts.ts";
import { createBucket, s3Client } from "../harness/client.ts";
import { type Holdfast, startHoldfast } from "../harness/server.ts";
import { eventually } from "./eventually.ts";
import { agentManifest, LOG_BUCKET, NAMESPACE, startOperatorCluster } from "./operator_cluster.ts";
import { type Prometheus, startPrometheus } from "./prometheus_server.ts";

const SHORT_LEASE = {
  RYNXS_LEASE_DURATION_SECONDS: "4",
  RYNXS_RENEW_DEADLINE_SECONDS: "3",
  RYNXS_RETRY_PERIOD_SECONDS: "1",
};

/** What a dashboard or an alert needs to see of a leader that has reconciled one Agent. */
const OF_A_LEADER: Readonly<Record<string, RegExp>> = {
  "sum(rynxs_leader_election_status)": /^1$/,
  'sum(rynxs_leader_transitions_total{event="acquired"})': /^1$/,
  'sum(rynxs_events_total{event_type="AgentObserved"})': /^1$/,
  'sum(rynxs_events_total{event_type="ActionsDecided"})': /^1$/,
  'sum(rynxs_events_total{event_type="ActionApplied"})': /^4$/,
  'sum(rynxs_reconcile_duration_seconds_count{resource_type="agents"})': /^[1-9]\d*$/,
  "sum(rynxs_replay_duration_seconds_count)": /^[1-9]\d*$/,
};

Deno.test("alerts fire for what real operators go through, and not before", async (t) => {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-alerts-" });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  const store = await startStore(stack);
  const client = s3Client(store);
  stack.defer(() => client.destroy());
  const cluster = stack.use(await startOperatorCluster(store));
  const operators: Holdfast[] = [];
  for (const identity of ["a", "b"]) {
    operators.push(stack.use(await cluster.startOperator({ identity, env: SHORT_LEASE })));
  }
  const prometheus = stack.use(
    await startPrometheus({
      rules: await hurriedRules(directory),
      targets: operators.map(({ endpoint }, index) => ({
        job: `operator-${index}`,
        address: new URL(endpoint).host,
        labels: { namespace: NAMESPACE },
      })),
    }),
  );
  const apply = (name: string) =>
    cluster.kubernetes.kubectl(
      ["apply", "-f", "-"],
      agentManifest(name, { role: "worker", image: "python:3.11-slim" }),
    );

  await t.step("a leader that works is seen, and nothing fires", async () => {
    await apply("first");
    await eventually(async () => {
      for (const [query, expected] of Object.entries(OF_A_LEADER)) {
        const [sample] = await prometheus.query(query);
        assert.match(sample?.value ?? "nothing", expected, query);
      }
      assert.deepEqual(await firing(prometheus), []);
    }, 30_000);
  });

  await t.step("events that cannot be written are told with the kind of error", async () => {
    await client.send(
      new PutBucketPolicyCommand({ Bucket: LOG_BUCKET, Policy: JSON.stringify(NO_WRITES) }),
    );
    for (const name of ["second", "third", "fourth"]) await apply(name);
    await eventually(async () => {
      const alerts = await prometheus.query(
        'ALERTS{alertstate="firing", alertname="RynxsEventStoreErrorsHigh"}',
      );
      assert.deepEqual(alerts.map(({ metric }) => metric["error_type"]), ["AccessDenied"]);
    }, 30_000);
  });

  await t.step("what waited is written when that is over, and nothing fires any more", async () => {
    await client.send(new DeleteBucketPolicyCommand({ Bucket: LOG_BUCKET }));
    await eventually(async () => {
      const [observed] = await prometheus.query(
        'sum(rynxs_events_total{event_type="AgentObserved"})',
      );
      assert.equal(observed?.value, "4");
      assert.deepEqual(await firing(prometheus), []);
    }, 60_000);
  });

  await t.step("no replica that leads, and none that is there, is told", async () => {
    await Promise.all(operators.map((operator) => operator.kill9()));
    await eventually(async () => {
      assert.ok((await firing(prometheus)).includes("RynxsNoLeader"));
    }, 30_000);
  });
});

/** Nobody may write, not even who owns the bucket. */
const NO_WRITES = {
  Version: "2012-10-17",
  Statement: [{
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Resource: `arn:aws:s3:::${LOG_BUCKET}/*`,
  }],
};

/** A Holdfast with a bucket for the log. */
async function startStore(stack: AsyncDisposableStack) {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-alerts-" });
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  const credential = { accessKeyId: "operator-key", secretAccessKey: "operator-secret" };
  const { endpoint } = stack.use(
    await startHoldfast({
      threads: 1,
      env: {
        HOLDFAST_DATA_DIR: directory,
        HOLDFAST_ACCESS_KEY_ID: credential.accessKeyId,
        HOLDFAST_SECRET_ACCESS_KEY: credential.secretAccessKey,
      },
    }),
  );
  const store = { endpoint, ...credential };
  await createBucket(store, LOG_BUCKET);
  return store;
}

async function firing(prometheus: Prometheus): Promise<readonly string[]> {
  return (await prometheus.rules()).flatMap(({ rules }) => rules)
    .filter(({ state }) => state === "firing").map(({ name }) => name);
}

/** Copies of the operator's rules in which a minute is a second. */
async function hurriedRules(directory: string): Promise<readonly string[]> {
  const files = (await readRulesFiles()).filter(({ file }) => file.startsWith("rynxs-"));
  return await Promise.all(files.map(async ({ file, text }) => {
    const path = join(directory, file);
    await Deno.writeTextFile(path, text.replaceAll(/\b(\d+)m\b/g, "$1s"));
    return path;
  }));
}
