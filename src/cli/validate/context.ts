/**
 * What the checks look at. Each thing is fetched when the first check wants it, and once.
 *
 * @module
 */
import type { EventLog } from "../../eventlog/event_log.ts";
import type { PolicyDocument } from "../../policy/document.ts";
import type { WrittenPlace } from "../../policy/writers.ts";
import type { VerifyReport } from "../policy/verify/report.ts";
import type { Rendering } from "./chart/renderings.ts";
import type { Cluster } from "./cluster/cluster.ts";
import type { Labels } from "./cluster/labels.ts";

/** Everything that the checks look at. Functions reject with the reason why there is nothing to see. */
export interface Context {
  readonly namespace: string;
  /** What the operator's pods have. */
  readonly selector: Labels;
  /** Name of the release, for commands to type. */
  readonly release: string;
  /** What the chart was rendered to; empty where nobody gave any. */
  readonly renderings: readonly Rendering[];
  /** Paths of a file or a directory. */
  readonly rules: string | undefined;
  readonly runbooks: string | undefined;
  /** What the program itself says about fencing tokens. */
  readonly fencingStatement: string;
  readonly bucket: LogBucket | NoBucket;
  /** The log as it is now. */
  readonly log: () => Promise<EventLog>;
  readonly cluster: () => Promise<Cluster>;
  /** Name of the lease that leaders hold. */
  readonly lease: string;
  /** Where the operator's pods say what they measure. */
  readonly metrics: MetricsSource;
  /** URL; none where nobody gave one. */
  readonly prometheus: string | undefined;
  /** How long to wait for an event. Milliseconds. */
  readonly wait: number;
  /** How long to wait between two looks at one thing. Milliseconds. */
  readonly interval: number;
  readonly now: () => Date;
}

/** The bucket that the log is in, or will be. */
export interface LogBucket {
  readonly kind: "bucket";
  readonly place: WrittenPlace;
  /** Its policy. */
  readonly policy: () => Promise<PolicyDocument>;
  /** Whether it lets events be written once only, by trying; absent while there is only a policy. */
  readonly tried?: () => Promise<VerifyReport>;
}

/** The log is in none. */
export interface NoBucket {
  readonly kind: "none";
  readonly reason: string;
}

/** Where the metrics of the operator's pods are. */
export interface MetricsSource {
  /** Asks all of them. */
  look(signal: AbortSignal): Promise<readonly PodMetrics[]>;
}

/** What one pod measures. */
export interface PodMetrics {
  /** Name of the pod, or URL. */
  readonly name: string;
  /** In Prometheus' text-based format. */
  readonly text: string;
}
