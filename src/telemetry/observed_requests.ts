import { SpanStatusCode } from "@opentelemetry/api";
import { accessLog, log } from "./logs.ts";
import {
  inflightRequests,
  requestDuration,
  requestSize,
  requestsTotal,
  responseSize,
} from "./metrics.ts";
import { type RequestFacts, unknownRequest } from "./request_facts.ts";
import { type Attributes, type Span, withServerSpan } from "./tracing.ts";

/** What a handler is told of a request besides the request. */
export interface RequestInfo {
  readonly remoteAddress: string;
  /** For the handler to fill in. */
  readonly facts: RequestFacts;
  /** Settles when the answer was sent to its end, or no more of it will be. */
  readonly completed: Promise<unknown>;
}

/** Answers requests. */
export type RequestHandler = (request: Request, info: RequestInfo) => Promise<Response>;

/** Methods that may be a label; a client can send any. */
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"]);

/**
 * Counts, times, traces and logs the requests of a handler. A request is over when its answer has
 * been sent to the end, or its client is gone.
 */
export function observed(handle: RequestHandler): Deno.ServeHandler<Deno.NetAddr> {
  return (request, { completed, remoteAddr }) => {
    const begun = performance.now();
    const method = METHODS.has(request.method) ? request.method : "OTHER";
    const facts = unknownRequest();
    const remoteAddress = remoteAddr.hostname;
    inflightRequests.inc({ method });
    return withServerSpan(method, request.headers, spanAttributes(request), async (span) => {
      const response = await answer(handle, request, { remoteAddress, facts, completed });
      describe(span, facts, response.status);
      const sizes = sizesOf(request, response);
      const over = () => {
        const duration = performance.now() - begun;
        count(method, response.status, duration, sizes);
        accessLog({ ...facts, method, status: response.status, duration, ...sizes, remoteAddress });
      };
      completed.then(over, over);
      return response;
    });
  };
}

async function answer(
  handle: RequestHandler,
  request: Request,
  info: RequestInfo,
): Promise<Response> {
  try {
    return await handle(request, info);
  } catch (error) {
    log.error("a request was not handled", { error });
    return new Response(null, { status: 500 });
  }
}

interface Sizes {
  readonly bytesIn: number;
  readonly bytesOut: number;
}

function sizesOf(request: Request, response: Response): Sizes {
  const { headers } = request;
  return {
    bytesIn: length(headers.get("x-amz-decoded-content-length") ?? headers.get("content-length")),
    bytesOut: request.method === "HEAD" ? 0 : length(response.headers.get("content-length")),
  };
}

/** A length that a client declares can be anything. */
function length(declared: string | null): number {
  const bytes = Number(declared ?? 0);
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : 0;
}

function count(
  method: string,
  status: number,
  duration: number,
  { bytesIn, bytesOut }: Sizes,
): void {
  const labels = { method };
  inflightRequests.dec(labels);
  requestsTotal.inc({ method, status_code: String(status) });
  requestDuration.observe(labels, duration / 1000);
  requestSize.observe(labels, bytesIn);
  responseSize.observe(labels, bytesOut);
}

function spanAttributes({ method }: Request): Attributes {
  return { "http.request.method": method };
}

/** Source: OpenTelemetry's semantic conventions for HTTP and for S3. */
function describe(span: Span, facts: RequestFacts, status: number): void {
  if (!span.isRecording()) return;
  if (facts.operation !== "") span.updateName(facts.operation);
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR, message: facts.code });
  span.setAttributes({
    "http.response.status_code": status,
    "rpc.method": facts.operation,
    "aws.request_id": facts.requestId,
    "aws.s3.bucket": facts.bucket,
    "aws.s3.key": facts.key,
    "user.name": facts.user,
  });
}
