/** Where traces go; as `telemetry.tracing` of the configuration. */
export interface TracingOptions {
  readonly enabled: boolean;
  /** `host:port`, or an http(s) URL. */
  readonly endpoint: string;
  readonly protocol: "grpc" | "http";
  /** No TLS towards `host:port`. */
  readonly insecure: boolean;
  /** 0 to 1; for traces that begin here. */
  readonly sample_rate: number;
}

/**
 * Exports traces by OTLP, where that is enabled. Otherwise not even the code for it is loaded.
 *
 * @returns exports what is held back, and ends it
 */
export async function exportTraces(options: TracingOptions): Promise<() => Promise<void>> {
  if (!options.enabled) return () => Promise.resolve();
  const { start } = await import("./trace_export.ts");
  return start(options);
}
