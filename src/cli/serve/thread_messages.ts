/** What the main thread and the others tell each other. @module */
import type { Config } from "../../config/config.ts";
import type { ListenAddress } from "../../config/fields.ts";
import type { MetricsSnapshot } from "../../telemetry/aggregate.ts";
import type { Certificate } from "./listener.ts";

/** To a thread. */
export type ThreadCommand =
  | {
    readonly kind: "start";
    readonly config: Config;
    readonly address: ListenAddress;
    readonly certificate?: Certificate;
  }
  /** Send your own metrics. */
  | { readonly kind: "snapshot"; readonly id: number }
  /** The metrics of all threads, as asked for. */
  | { readonly kind: "metrics"; readonly id: number; readonly text: string }
  | { readonly kind: "certificate"; readonly certificate: Certificate }
  | { readonly kind: "stop" };

/** From a thread. */
export type ThreadReport =
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "snapshot"; readonly id: number; readonly snapshot: MetricsSnapshot }
  /** Send the metrics of all threads. */
  | { readonly kind: "metrics"; readonly id: number }
  | { readonly kind: "stopped" };
