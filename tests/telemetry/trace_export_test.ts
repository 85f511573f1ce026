import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { exportTraces, type TracingOptions } from "../../src/telemetry/export_traces.ts";
import { observed } from "../../src/telemetry/observed_requests.ts";
import { injectTraceHeaders, withServerSpan, withSpan } from "../../src/telemetry/tracing.ts";
import { collectorUrl } from "../../src/telemetry/trace_export.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";

/** A collector: what it received, and where it is reached. */
interface Collector extends AsyncDisposable {
  readonly endpoint: string;
  readonly requests: { readonly path: string; readonly body: Uint8Array }[];
}

function httpCollector(): Collector {
  const requests: Collector["requests"] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    requests.push({ path: new URL(request.url).pathname, body: await request.bytes() });
    return new Response(null, { headers: { "content-type": "application/x-protobuf" } });
  });
  return {
    endpoint: `127.0.0.1:${server.addr.port}`,
    requests,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** The TraceService of a collector, as far as an exporter needs it: an empty answer to a unary call. */
async function grpcCollector(): Promise<Collector> {
  const requests: Collector["requests"] = [];
  const server = createServer();
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => sessions.add(session));
  server.on("stream", (stream: ServerHttp2Stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => {
      requests.push({ path: String(headers[":path"]), body: Buffer.concat(chunks).subarray(5) });
      stream.respond(
        { ":status": 200, "content-type": "application/grpc+proto" },
        { waitForTrailers: true },
      );
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.end(Buffer.alloc(5));
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    endpoint: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      await new Promise<void>((closed) => server.close(() => closed()));
    },
  };
}

function options(endpoint: string, protocol: "grpc" | "http", sample_rate = 1): TracingOptions {
  return { enabled: true, endpoint, protocol, insecure: true, sample_rate };
}

/** A request with a `traceparent`, a call to a backend within it; the headers that go to that. */
async function handleRequest(flags: "00" | "01"): Promise<Record<string, string>> {
  const headers = new Headers({ traceparent: `00-${TRACE_ID}-b7ad6b7169203331-${flags}` });
  const out: Record<string, string> = {};
  await withServerSpan("PutObject", headers, { "http.request.method": "PUT" }, async () => {
    await withSpan("storage putObject", {}, async () => {
      await Promise.resolve();
      await withSpan("backend put", { "holdfast.backend": "disk" }, () => {
        injectTraceHeaders(out);
        return Promise.resolve();
      });
    });
  });
  return out;
}

function includes(body: Uint8Array, text: string): boolean {
  return Buffer.from(body).includes(text);
}

const PROTOCOLS: readonly (readonly [
  "grpc" | "http",
  string,
  () => Collector | Promise<Collector>,
])[] = [
  ["grpc", "/opentelemetry.proto.collector.trace.v1.TraceService/Export", grpcCollector],
  ["http", "/v1/traces", httpCollector],
];

for (const [protocol, path, start] of PROTOCOLS) {
  Deno.test(`spans of a request reach a collector by OTLP over ${protocol}`, async () => {
    await using collector = await start();
    const stop = await exportTraces(options(collector.endpoint, protocol));
    const out = await handleRequest("01");
    await stop();
    assert.match(out["traceparent"] ?? "", new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-01$`));
    assert.equal(collector.requests.length, 1);
    const { body, path: called } = collector.requests[0]!;
    assert.equal(called, path);
    for (const text of ["PutObject", "storage putObject", "backend put", "holdfast", "disk"]) {
      assert.ok(includes(body, text), `${text} is missing`);
    }
    const traceId = Buffer.from(TRACE_ID, "hex");
    assert.ok(Buffer.from(body).includes(traceId), "the caller's trace was not joined");
  });
}

Deno.test("a trace that its caller does not sample is passed on but not exported", async () => {
  await using collector = httpCollector();
  const stop = await exportTraces(options(collector.endpoint, "http"));
  const out = await handleRequest("00");
  await stop();
  assert.match(out["traceparent"] ?? "", /-00$/);
  assert.equal(collector.requests.length, 0);
});

Deno.test("with a sample rate of 0 only traces that begin here are left out", async () => {
  await using collector = httpCollector();
  const stop = await exportTraces(options(collector.endpoint, "http", 0));
  await withServerSpan("GetObject", new Headers(), {}, () => Promise.resolve());
  await handleRequest("01");
  await stop();
  const bodies = Buffer.concat(collector.requests.map(({ body }) => body));
  assert.ok(includes(bodies, "PutObject"));
  assert.ok(!includes(bodies, "GetObject"));
});

Deno.test("while tracing is off, nothing is injected and results pass through", async () => {
  await (await exportTraces({ ...options("127.0.0.1:1", "http"), enabled: false }))();
  assert.deepEqual(await handleRequest("01"), {});
  assert.equal(await withSpan("any", {}, () => Promise.resolve(7)), 7);
});

Deno.test("a span's error passes through and is recorded", async () => {
  await using collector = httpCollector();
  const stop = await exportTraces(options(collector.endpoint, "http"));
  const failure = new Error("disk is full");
  await assert.rejects(
    withSpan("backend put", {}, () => Promise.reject(failure)),
    (error) => error === failure,
  );
  await stop();
  assert.ok(includes(collector.requests[0]!.body, "disk is full"));
});

Deno.test("the span of a request that the service failed is marked, of one that it refused not", async () => {
  await using collector = httpCollector();
  const stop = await exportTraces(options(collector.endpoint, "http"));
  for (const [status, code] of [[503, "SlowDown"], [404, "NoSuchKey"]] as const) {
    const handler = observed((_request, { facts }) => {
      facts.code = code;
      return Promise.resolve(new Response(null, { status }));
    });
    const remoteAddr = { transport: "tcp", hostname: "127.0.0.1", port: 1 } as const;
    await handler(new Request("http://h/b/k"), { remoteAddr, completed: Promise.resolve() });
  }
  await stop();
  const bodies = Buffer.concat(collector.requests.map(({ body }) => body));
  assert.ok(includes(bodies, "SlowDown"));
  assert.ok(!includes(bodies, "NoSuchKey"));
});

const URLS: readonly (readonly [string, boolean, "grpc" | "http", string])[] = [
  ["localhost:4317", true, "grpc", "http://localhost:4317"],
  ["localhost:4317", false, "grpc", "https://localhost:4317"],
  ["localhost:4318", true, "http", "http://localhost:4318/v1/traces"],
  ["http://collector:4318/", false, "http", "http://collector:4318/v1/traces"],
  ["https://collector/otlp/v1/traces", true, "http", "https://collector/otlp/v1/traces"],
];

for (const [endpoint, insecure, protocol, url] of URLS) {
  Deno.test(`${endpoint} ${insecure ? "without" : "with"} TLS by ${protocol} is ${url}`, () => {
    assert.equal(collectorUrl({ ...options(endpoint, protocol), insecure }), url);
  });
}
