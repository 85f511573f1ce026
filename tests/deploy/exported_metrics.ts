/**
 * What servers and operators export, as queries and runbooks may speak of it.
 *
 * @module
 */
import { z } from "zod";
import type { LogStoreErrorType } from "../../src/eventlog/log_objects.ts";
import { registry } from "../../src/telemetry/metrics.ts";
import "../../src/telemetry/operator_metrics.ts";

/** Labels that Prometheus gives to everything that it scrapes in Kubernetes. */
export const TARGET_LABELS: ReadonlySet<string> = new Set([
  "namespace",
  "job",
  "instance",
  "pod",
]);

const ERROR_TYPES: Readonly<Record<LogStoreErrorType, true>> = {
  AccessDenied: true,
  PreconditionFailed: true,
  NoSuchBucket: true,
  NetworkError: true,
  Other: true,
};

/** Every value that a label can have, of those labels of which that is known beforehand. */
export const LABEL_VALUES: Readonly<Record<string, readonly string[]>> = {
  error_type: Object.keys(ERROR_TYPES),
  event: ["acquired", "lost"],
  method: ["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "OTHER"],
  reason: [
    "api_error",
    "api_error_during_retry",
    "conflict_retries_exhausted",
    "lost_takeover_race",
    "lost_lease_during_renew",
    "renew_deadline_exceeded",
  ],
  status: ["success", "error"],
};

const METRIC = z.object({
  name: z.string(),
  type: z.enum(["counter", "gauge", "histogram"]),
  labelNames: z.array(z.string()),
});

/** A metric with its type and its own labels. */
export type ExportedMetric = z.infer<typeof METRIC>;

/** All metrics of this program, by name. The types of the library hide the names of labels. */
export const EXPORTED: ReadonlyMap<string, ExportedMetric> = new Map(
  z.array(METRIC).parse(registry.getMetricsAsArray()).map((metric) => [metric.name, metric]),
);

/** What Prometheus knows by itself, of every target and of every alert. */
const OF_PROMETHEUS: ReadonlyMap<string, readonly string[]> = new Map([
  ["up", []],
  ["ALERTS", ["alertname", "alertstate", "severity", "component"]],
]);

/** Series that a histogram has beside its name, with what each has as a label of its own. */
const SUFFIXES: readonly (readonly [string, readonly string[]])[] = [
  ["_bucket", ["le"]],
  ["_count", []],
  ["_sum", []],
];

/** The labels that a series has of itself; `undefined` where nobody exports a series of that name. */
export function labelsOfSeries(series: string): readonly string[] | undefined {
  const metric = EXPORTED.get(series);
  if (metric !== undefined) return metric.type === "histogram" ? undefined : metric.labelNames;
  for (const [suffix, labels] of SUFFIXES) {
    const histogram = EXPORTED.get(series.slice(0, -suffix.length));
    if (series.endsWith(suffix) && histogram?.type === "histogram") {
      return [...histogram.labelNames, ...labels];
    }
  }
  return OF_PROMETHEUS.get(series);
}
