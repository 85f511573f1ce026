import { flushLogs } from "../telemetry/logs.ts";
import { type Command, EXIT } from "./command.ts";
import { runOperator } from "./operator/run_operator.ts";
import { AskedToEnd, surviveStrayRejections } from "./serve/signals.ts";

export const command: Command = {
  summary: "Reconcile Agents in Kubernetes, and record every decision in the log.",
  description: [
    "Reads the environment only. The cluster: KUBECONFIG, or the pod's own service account.",
    "The log: EVENT_STORE_TYPE (file, s3), EVENT_STORE_PATH, S3_BUCKET, S3_PREFIX, S3_ENDPOINT,",
    "S3_REGION and the usual variables of AWS; RYNXS_HASH_VERSION. One leader among replicas:",
    "RYNXS_LEADER_ELECTION_ENABLED=1, RYNXS_LEASE_NAME, RYNXS_LEASE_DURATION_SECONDS,",
    "RYNXS_RENEW_DEADLINE_SECONDS, RYNXS_RETRY_PERIOD_SECONDS; identity from RYNXS_LEADER_ID,",
    "RYNXS_WRITER_ID, POD_NAME or HOSTNAME. Agents: WATCH_NAMESPACE (all namespaces without it),",
    "RYNXS_RUNTIME_CLASS, RYNXS_RESYNC_SECONDS (600). Checkpoints: RYNXS_SIGNING_KEY (a file),",
    "RYNXS_CHECKPOINT_EVERY (1000 events). /healthz, /ready and /metrics: METRICS_PORT (8080),",
    "METRICS_HOST (0.0.0.0; :: for IPv6); METRICS_ENABLED=false leaves /metrics out. LOG_LEVEL,",
    "LOG_FORMAT (json, text).",
  ].join("\n"),
  options: {},
  async run() {
    surviveStrayRejections();
    try {
      await runOperator({
        environment: Deno.env.toObject(),
        onReady: (url) => console.log(`holdfast operator ready on ${url}`),
        signal: new AskedToEnd().signal,
      });
      return EXIT.ok;
    } finally {
      flushLogs();
    }
  },
};
