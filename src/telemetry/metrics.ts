/**
 * The service's metrics, under the names that dashboards of s3-proxy and of Rynxs know. All of them
 * are here.
 *
 * @module
 */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { VERSION } from "../version.ts";

/** Metrics of this thread. */
export const registry: Registry = new Registry();

const registers = [registry];

const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const BACKEND_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** 1 KiB to 256 MiB. */
const BYTES = Array.from({ length: 10 }, (_, step) => 1024 * 4 ** step);

const buildInfo = new Gauge({
  name: "s3proxy_build_info",
  help: "Version of the service and of its runtime; always 1.",
  labelNames: ["version", "go_version"],
  aggregator: "first",
  registers,
});
buildInfo.set({ version: VERSION, go_version: `deno-${Deno.version.deno}` }, 1);

export const requestsTotal = new Counter({
  name: "s3proxy_requests_total",
  help: "Requests answered.",
  labelNames: ["method", "status_code"],
  registers,
});

export const requestDuration = new Histogram({
  name: "s3proxy_request_duration_seconds",
  help: "Time from a request's head to the end of its answer.",
  labelNames: ["method"],
  buckets: REQUEST_SECONDS,
  registers,
});

export const requestSize = new Histogram({
  name: "s3proxy_request_size_bytes",
  help: "Size of request bodies, as declared.",
  labelNames: ["method"],
  buckets: BYTES,
  registers,
});

export const responseSize = new Histogram({
  name: "s3proxy_response_size_bytes",
  help: "Size of response bodies, as declared.",
  labelNames: ["method"],
  buckets: BYTES,
  registers,
});

export const inflightRequests = new Gauge({
  name: "s3proxy_inflight_requests",
  help: "Requests being worked on.",
  labelNames: ["method"],
  aggregator: "sum",
  registers,
});

export const backendRequestsTotal = new Counter({
  name: "s3proxy_backend_requests_total",
  help: "Calls to backends.",
  labelNames: ["operation", "backend", "status"],
  registers,
});

export const backendDuration = new Histogram({
  name: "s3proxy_backend_duration_seconds",
  help: "Time that calls to backends take.",
  labelNames: ["operation", "backend"],
  buckets: BACKEND_SECONDS,
  registers,
});

export const managerRequestsTotal = new Counter({
  name: "s3proxy_manager_requests_total",
  help: "Storage operations, metadata included.",
  labelNames: ["operation", "backend", "status"],
  registers,
});

export const managerDuration = new Histogram({
  name: "s3proxy_manager_duration_seconds",
  help: "Time that storage operations take, metadata included.",
  labelNames: ["operation", "backend"],
  buckets: BACKEND_SECONDS,
  registers,
});

export const quotaBytesUsed = backendGauge("s3proxy_quota_bytes_used", "Bytes stored.");
export const quotaBytesLimit = backendGauge("s3proxy_quota_bytes_limit", "Quota; 0 is unlimited.");
export const quotaBytesAvailable = backendGauge(
  "s3proxy_quota_bytes_available",
  "Bytes that may still be stored.",
);
export const objectsCount = backendGauge("s3proxy_objects_count", "Objects stored.");
export const activeMultipartUploads = backendGauge(
  "s3proxy_active_multipart_uploads",
  "Multipart uploads under way.",
);

export const evidenceUnfinished = new Gauge({
  name: "holdfast_evidence_unfinished",
  help: "Changes of evidence that failed, and are tried again.",
  aggregator: "max",
  registers,
});

const REPLAY_SECONDS = [0.1, 0.5, 1, 5, 10, 30, 60, 120];
const CHECKPOINT_SECONDS = [0.1, 0.5, 1, 5, 10];

export const eventsTotal = new Counter({
  name: "rynxs_events_total",
  help: "Events appended to the log.",
  labelNames: ["event_type"],
  registers,
});

export const logPutErrorsTotal = new Counter({
  name: "rynxs_s3_put_errors_total",
  help: "Objects of the log that could not be written; while an operator waits for it, every 10 s.",
  labelNames: ["error_type"],
  registers,
});

export const replayDuration = new Histogram({
  name: "rynxs_replay_duration_seconds",
  help: "Time to read and verify the log, or what of it was not verified yet.",
  buckets: REPLAY_SECONDS,
  registers,
});

export const checkpointCreateDuration = new Histogram({
  name: "rynxs_checkpoint_create_duration_seconds",
  help: "Time to make a signed checkpoint.",
  buckets: CHECKPOINT_SECONDS,
  registers,
});

export const checkpointVerifyFailuresTotal = new Counter({
  name: "rynxs_checkpoint_verify_failures_total",
  help: "Checkpoints that did not verify.",
  registers,
});

/** What is read from the database is the same seen from any thread, and must not be added up. */
function backendGauge(name: string, help: string): Gauge<"backend"> {
  return new Gauge({ name, help, labelNames: ["backend"], aggregator: "max", registers });
}
