/**
 * Structured logs: JSON lines for machines, readable lines on a terminal, on standard error.
 *
 * @module
 */
import { compareLogLevel, configureSync, getLogger, type Logger } from "@logtape/logtape";
import { jsonLine, type LogLine, textLine } from "./log_lines.ts";
import { LineWriter } from "./line_writer.ts";
import { activeTraceId } from "./tracing.ts";

/** What {@link configureLogs} needs to know; as `telemetry.logs` of the configuration. */
export interface LogOptions {
  readonly level: "trace" | "debug" | "info" | "warning" | "error";
  readonly format: "json" | "text" | "auto";
}

/** The service's own messages. */
export const log: Logger = getLogger(["holdfast"]);

/** Writes what is logged of a request; `undefined` where that is not wanted. */
let logRequest: ((properties: Record<string, unknown>) => void) | undefined;

const writer = new LineWriter((bytes) => Deno.stderr.writeSync(bytes));

/** Says how and what to log. Until then nothing is. May be called again. */
export function configureLogs({ level, format }: LogOptions): void {
  const terminal = Deno.stderr.isTerminal();
  const readable = format === "text" || (format === "auto" && terminal);
  const line = readable ? (record: LogLine) => textLine(record, terminal) : jsonLine;
  const write = (record: LogLine) => {
    writer.write(line(record));
    if (readable || record.level === "error" || record.level === "fatal") writer.flush();
  };
  // A line per request goes past the logging library, which would cost three times the line.
  logRequest = compareLogLevel(level, "info") > 0
    ? undefined
    : (properties) => write({ timestamp: Date.now(), level: "info", message: REQUEST, properties });
  configureSync({
    reset: true,
    sinks: { stderr: write },
    loggers: [
      { category: ["holdfast"], lowestLevel: level, sinks: ["stderr"] },
      { category: ["logtape"], lowestLevel: "error", sinks: ["stderr"] },
    ],
  });
}

/** Writes out what is still held back. Call it before the process ends. */
export function flushLogs(): void {
  writer.flush();
}

const REQUEST = ["request"];

/** What is logged of a request. Never holds a secret: no headers, no query. */
export interface AccessEntry {
  readonly requestId: string;
  readonly method: string;
  /** As in the S3 API, such as `PutObject`; `""` when it was not recognised. */
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
  readonly status: number;
  /** S3's error code; `""` for a success. */
  readonly code: string;
  /** Why something was refused; `""` where nothing was. */
  readonly refusal: string;
  /** Bytes of the bodies, as declared; 0 where nothing is. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Milliseconds. */
  readonly duration: number;
  /** Who sent it; `""` for anonymous. */
  readonly user: string;
  readonly remoteAddress: string;
}

/** Logs a request, in one line. */
export function accessLog(entry: AccessEntry): void {
  if (logRequest === undefined) return;
  const traceId = activeTraceId();
  logRequest({
    request_id: entry.requestId,
    method: entry.method,
    operation: entry.operation,
    bucket: entry.bucket,
    key: entry.key,
    status: entry.status,
    ...(entry.code === "" ? undefined : { code: entry.code }),
    ...(entry.refusal === "" ? undefined : { denied_by: entry.refusal }),
    bytes_in: entry.bytesIn,
    bytes_out: entry.bytesOut,
    duration_ms: Math.round(entry.duration * 1000) / 1000,
    user: entry.user,
    remote: entry.remoteAddress,
    ...(traceId === undefined ? undefined : { trace_id: traceId }),
  });
}
