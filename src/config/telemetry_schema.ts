import { z } from "zod";
import { flag, ratio, text } from "./fields.ts";

const metrics = z.strictObject({
  enabled: flag().prefault("true").describe("Serve metrics in Prometheus' text format."),
  path: z.string().regex(/^\/[^/?#\s]+$/, "must be one path segment such as /metrics")
    .prefault("/metrics").describe("Where."),
});

const tracing = z.strictObject({
  enabled: flag().prefault("false").describe("Export traces by OTLP."),
  endpoint: text().prefault("localhost:4317").describe(
    "Collector: `host:port`, or an http(s) URL.",
  ),
  protocol: z.enum(["grpc", "http"]).optional().describe(
    "Default: `http` on port 4318 or with a URL that has a path, `grpc` otherwise.",
  ),
  insecure: flag().prefault("false").describe("No TLS towards a collector given as `host:port`."),
  sample_rate: ratio().prefault("1.0").describe(
    "Share of traces to keep, where the caller has not decided already.",
  ),
}).transform((written) => ({
  ...written,
  protocol: written.protocol ?? protocolOf(written.endpoint),
}));

const logs = z.strictObject({
  level: z.enum(["trace", "debug", "info", "warning", "error"]).prefault("info").describe(
    "Least level to write.",
  ),
  format: z.enum(["json", "text", "auto"]).prefault("auto").describe(
    "`auto`: readable on a terminal, JSON lines otherwise.",
  ),
});

/** The `telemetry` section. */
export const telemetrySchema = z.strictObject({
  metrics: metrics.prefault({}),
  tracing: tracing.prefault({}),
  logs: logs.prefault({}),
});

/** Metrics, traces and logs. */
export type TelemetryConfig = z.infer<typeof telemetrySchema>;

/** OTLP's registered ports are 4317 for gRPC and 4318 for HTTP. */
function protocolOf(endpoint: string): "grpc" | "http" {
  if (/^https?:\/\//.test(endpoint) && URL.canParse(endpoint)) {
    const { port, pathname } = new URL(endpoint);
    return port === "4318" || pathname !== "/" ? "http" : "grpc";
  }
  return endpoint.endsWith(":4318") ? "http" : "grpc";
}
