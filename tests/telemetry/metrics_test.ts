import assert from "node:assert/strict";
import { expose, snapshot } from "../../src/telemetry/aggregate.ts";
import * as metrics from "../../src/telemetry/metrics.ts";
import { backendCalls, storageOperations } from "../../src/telemetry/observer.ts";

/** Every metric with its type and its labels, as existing dashboards and alerts know them. */
const CONTRACT: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  s3proxy_build_info: ["gauge", ["version", "go_version"]],
  s3proxy_requests_total: ["counter", ["method", "status_code"]],
  s3proxy_request_duration_seconds: ["histogram", ["method"]],
  s3proxy_request_size_bytes: ["histogram", ["method"]],
  s3proxy_response_size_bytes: ["histogram", ["method"]],
  s3proxy_inflight_requests: ["gauge", ["method"]],
  s3proxy_backend_requests_total: ["counter", ["operation", "backend", "status"]],
  s3proxy_backend_duration_seconds: ["histogram", ["operation", "backend"]],
  s3proxy_manager_requests_total: ["counter", ["operation", "backend", "status"]],
  s3proxy_manager_duration_seconds: ["histogram", ["operation", "backend"]],
  s3proxy_quota_bytes_used: ["gauge", ["backend"]],
  s3proxy_quota_bytes_limit: ["gauge", ["backend"]],
  s3proxy_quota_bytes_available: ["gauge", ["backend"]],
  s3proxy_objects_count: ["gauge", ["backend"]],
  s3proxy_active_multipart_uploads: ["gauge", ["backend"]],
  holdfast_evidence_unfinished: ["gauge", []],
  rynxs_events_total: ["counter", ["event_type"]],
  rynxs_s3_put_errors_total: ["counter", ["error_type"]],
  rynxs_replay_duration_seconds: ["histogram", []],
  rynxs_checkpoint_create_duration_seconds: ["histogram", []],
  rynxs_checkpoint_verify_failures_total: ["counter", []],
};

async function observeEverything(): Promise<void> {
  metrics.requestsTotal.inc({ method: "GET", status_code: "200" });
  metrics.requestDuration.observe({ method: "GET" }, 0.02);
  metrics.requestSize.observe({ method: "GET" }, 0);
  metrics.responseSize.observe({ method: "GET" }, 5_000);
  metrics.inflightRequests.inc({ method: "GET" });
  metrics.quotaBytesUsed.set({ backend: "disk" }, 10);
  metrics.quotaBytesLimit.set({ backend: "disk" }, 100);
  metrics.quotaBytesAvailable.set({ backend: "disk" }, 90);
  metrics.objectsCount.set({ backend: "disk" }, 3);
  metrics.activeMultipartUploads.set({ backend: "disk" }, 1);
  metrics.evidenceUnfinished.set(1);
  metrics.eventsTotal.inc({ event_type: "Decided" });
  metrics.logPutErrorsTotal.inc({ error_type: "NetworkError" });
  metrics.replayDuration.observe(2);
  metrics.checkpointCreateDuration.observe(2);
  metrics.checkpointVerifyFailuresTotal.inc();
  await storageOperations.call("PutObject", (at) => {
    at.backend = "disk";
    return backendCalls.call("put", "disk", () => Promise.resolve());
  });
}

Deno.test("every metric has the name, the type and the labels that dashboards know", async () => {
  await observeEverything();
  const text = await expose([await snapshot()]);
  const types = Object.fromEntries(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]),
  );
  assert.deepEqual(
    types,
    Object.fromEntries(Object.entries(CONTRACT).map(([name, [type]]) => [name, type])),
  );
  for (const [name, [type, labels]] of Object.entries(CONTRACT)) {
    const sample = new RegExp(`^${name}(?:_count)?(?:\\{(.*)\\})? \\S+$`, "m").exec(text);
    assert.ok(sample, `${name} has no sample`);
    const found = [...(sample[1] ?? "").matchAll(/(\w+)="/g)].map(([, label]) => label);
    assert.deepEqual(found.toSorted(), [...labels].sort(), `${name} (${type})`);
  }
  assert.match(text, /s3proxy_build_info\{.*go_version="deno-\d+\.\d+\.\d+"\} 1/);
});

Deno.test("counts add up over threads; what the database says of quotas does not", async () => {
  metrics.registry.resetMetrics();
  await observeEverything();
  const one = await snapshot();
  const text = await expose([one, structuredClone(one), structuredClone(one)]);
  for (
    const line of [
      's3proxy_requests_total{method="GET",status_code="200"} 3',
      's3proxy_inflight_requests{method="GET"} 3',
      's3proxy_request_duration_seconds_bucket{le="0.01",method="GET"} 0',
      's3proxy_request_duration_seconds_bucket{le="0.025",method="GET"} 3',
      's3proxy_request_duration_seconds_count{method="GET"} 3',
      's3proxy_response_size_bytes_bucket{le="4096",method="GET"} 0',
      's3proxy_response_size_bytes_bucket{le="16384",method="GET"} 3',
      's3proxy_response_size_bytes_bucket{le="268435456",method="GET"} 3',
      's3proxy_quota_bytes_used{backend="disk"} 10',
      's3proxy_quota_bytes_available{backend="disk"} 90',
      's3proxy_objects_count{backend="disk"} 3',
    ]
  ) {
    assert.ok(text.split("\n").includes(line), `${line} is missing from\n${text}`);
  }
});

Deno.test("a call that fails is counted as an error and its error passes through", async () => {
  metrics.registry.resetMetrics();
  const failure = new Error("no");
  await assert.rejects(
    storageOperations.call("GetObject", (at) => {
      at.backend = "a";
      return backendCalls.call("get", "b", () => Promise.reject(failure));
    }),
    (error) => error === failure,
  );
  const text = await expose([await snapshot()]);
  assert.match(
    text,
    /s3proxy_backend_requests_total\{operation="get",backend="b",status="error"\} 1/,
  );
  assert.match(
    text,
    /s3proxy_manager_requests_total\{operation="GetObject",backend="a",status="error"\} 1/,
  );
});
