/**
 * Metrics of the operator, under the names that dashboards and alerts of Rynxs know. Only a thread
 * that runs an operator imports this: a server that showed `rynxs_leader_election_status 0` would look
 * like an operator without a leader. The metrics of the log are in `metrics.ts`.
 *
 * @module
 */
import { Counter, Gauge, Histogram } from "prom-client";
import { registry } from "./metrics.ts";

const registers = [registry];

const RECONCILE_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60];

export const leaderElectionStatus = new Gauge({
  name: "rynxs_leader_election_status",
  help: "Whether this replica leads: 1, or 0.",
  aggregator: "max",
  registers,
});

export const leaderElectionFailuresTotal = new Counter({
  name: "rynxs_leader_election_failures_total",
  help: "Attempts to take or renew the lease that failed.",
  labelNames: ["reason"],
  registers,
});

export const leaderTransitionsTotal = new Counter({
  name: "rynxs_leader_transitions_total",
  help: "Times that this replica took the lease (acquired) or lost it (lost).",
  labelNames: ["event"],
  registers,
});
// What begins at 1 has not increased, as Prometheus sees it.
for (const event of ["acquired", "lost"]) leaderTransitionsTotal.inc({ event }, 0);

export const reconcileDuration = new Histogram({
  name: "rynxs_reconcile_duration_seconds",
  help: "Time to reconcile an object.",
  labelNames: ["resource_type"],
  buckets: RECONCILE_SECONDS,
  registers,
});
