import { AggregatorRegistry, Registry } from "prom-client";
import { registry } from "./metrics.ts";

/** The metrics of one thread, as they are sent to another. */
export type MetricsSnapshot = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>;

/** The `Content-Type` of {@link expose}. */
export const METRICS_CONTENT_TYPE: string = Registry.PROMETHEUS_CONTENT_TYPE;

/** This thread's metrics. */
export function snapshot(): Promise<MetricsSnapshot> {
  return registry.getMetricsAsJSON();
}

/**
 * Adds the metrics of threads up, into Prometheus' text format. What is no count (what the database
 * says of quotas, the build's version) is taken once.
 */
export function expose(snapshots: readonly MetricsSnapshot[]): Promise<string> {
  return AggregatorRegistry.aggregate([...snapshots]).metrics();
}
