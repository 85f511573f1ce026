/**
 * What it takes to export traces; loaded only where that is asked for. Deno's built-in OpenTelemetry
 * cannot take its place: only the environment of the process switches that on, not a setting.
 *
 * @module
 */
import { context, propagation } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter as GrpcExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as HttpExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { VERSION } from "../version.ts";
import type { TracingOptions } from "./export_traces.ts";
import { useTracer } from "./tracing.ts";

const NAME = "holdfast";

/** Where OTLP over HTTP goes without a path. Source: "OTLP Exporter Configuration". */
const TRACES_PATH = "/v1/traces";

/**
 * Starts to export.
 *
 * @returns exports what is held back, for a few seconds at most, and ends it
 */
export function start(options: TracingOptions): () => Promise<void> {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": NAME, "service.version": VERSION }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(options.sample_rate) }),
    spanProcessors: [new BatchSpanProcessor({ exporter: exporterFor(options) })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  useTracer(provider.getTracer(NAME, VERSION));
  return async () => {
    useTracer(undefined);
    await provider.shutdown();
    context.disable();
    propagation.disable();
  };
}

function exporterFor(options: TracingOptions): SpanExporter {
  const url = collectorUrl(options);
  return options.protocol === "grpc" ? new GrpcExporter({ url }) : new HttpExporter({ url });
}

/** The URL that an exporter wants; its scheme says whether there is TLS. */
export function collectorUrl({ endpoint, insecure, protocol }: TracingOptions): string {
  const url = /^https?:\/\//.test(endpoint)
    ? endpoint
    : `${insecure ? "http" : "https"}://${endpoint}`;
  return protocol === "http" && new URL(url).pathname === "/"
    ? url.replace(/\/?$/, TRACES_PATH)
    : url;
}
