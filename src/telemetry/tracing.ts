/**
 * Spans, in W3C Trace Context and OpenTelemetry's terms. While tracing is off, everything here
 * costs a comparison.
 *
 * @module
 */
import {
  type Attributes,
  context,
  INVALID_SPAN_CONTEXT,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";

export type { Attributes, Span } from "@opentelemetry/api";

/** Stands in for every span while tracing is off; swallows what it is told. */
const NO_SPAN = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);

let tracer: Tracer | undefined;

/** Switches spans on. Called once, by what exports them. */
export function useTracer(next: Tracer | undefined): void {
  tracer = next;
}

/**
 * Runs `run` inside a span that ends with it, as a child of the span that is active. An error marks
 * the span as failed and passes through.
 */
export function withSpan<T>(
  name: string,
  attributes: Attributes,
  run: (span: Span) => Promise<T>,
): Promise<T> {
  if (tracer === undefined) return run(NO_SPAN);
  return tracer.startActiveSpan(name, { attributes }, (span) => endingWith(span, run));
}

/** As {@link withSpan}, for a request that came in: a child of its `traceparent`, where it has one. */
export function withServerSpan<T>(
  name: string,
  headers: Headers,
  attributes: Attributes,
  run: (span: Span) => Promise<T>,
): Promise<T> {
  if (tracer === undefined) return run(NO_SPAN);
  const parent = propagation.extract(ROOT_CONTEXT, headers, {
    get: (carrier, key) => carrier.get(key) ?? undefined,
    keys: (carrier) => [...carrier.keys()],
  });
  const options = { kind: SpanKind.SERVER, attributes };
  return tracer.startActiveSpan(name, options, parent, (span) => endingWith(span, run));
}

/** Adds `traceparent` of the active span to the headers of a request that goes out. */
export function injectTraceHeaders(headers: Record<string, string>): void {
  if (tracer !== undefined) propagation.inject(context.active(), headers);
}

/** The id of the active trace in hex, for logs; `undefined` without one. */
export function activeTraceId(): string | undefined {
  if (tracer === undefined) return undefined;
  return trace.getActiveSpan()?.spanContext().traceId;
}

async function endingWith<T>(span: Span, run: (span: Span) => Promise<T>): Promise<T> {
  try {
    return await run(span);
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
    if (error instanceof Error) span.recordException(error);
    throw error;
  } finally {
    span.end();
  }
}
