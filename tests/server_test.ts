import assert from "node:assert/strict";
import type { HealthReport } from "../src/health.ts";
import { createServer, type ServerParts } from "../src/server.ts";
import { registry } from "../src/telemetry/metrics.ts";
import { rawRequest } from "./harness/raw_http.ts";

const HEALTHY: HealthReport = {
  status: "ok",
  database: { status: "ok", embedded: false },
  backends: { disk: { status: "ok" } },
  evidence: { status: "ok" },
};

const notFound = () => Promise.resolve(new Response(null, { status: 404 }));

/** A server whose S3 API answers with the URL that it was given. */
async function withServer(
  parts: Partial<ServerParts>,
  run: (endpoint: string) => Promise<void>,
): Promise<void> {
  const handler = createServer({
    s3: (request) => Promise.resolve(new Response(request.url, { status: 299 })),
    api: notFound,
    health: () => Promise.resolve(HEALTHY),
    metrics: { path: "/metrics", text: () => Promise.resolve("metric 1\n") },
    ...parts,
  });
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, handler);
  try {
    await run(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

async function get(endpoint: string, target: string, host = "127.0.0.1") {
  const request = `GET ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`;
  const answer = await rawRequest(endpoint, request);
  assert.ok(typeof answer === "object", `${target}: ${answer}`);
  return { ...answer, text: new TextDecoder().decode(answer.body) };
}

/** Whether a target is the service's own, or a matter of the S3 API. */
const TARGETS: readonly (readonly [string, number])[] = [
  ["/health", 200],
  ["/metrics", 200],
  ["/metrics?name[]=x", 200],
  ["/-/", 404],
  ["/-/api/v1/log", 404],
  ["/", 299],
  ["/?list-type=2", 299],
  ["/health/", 299],
  ["/health/x", 299],
  ["/%68ealth", 299],
  ["/x/../health", 299],
  ["/./metrics", 299],
  ["/bucket/a/../b", 299],
  ["/bucket//-/x", 299],
  ["//health", 299],
];

Deno.test("only the service's own paths, as they are written, are kept from the S3 API", async () => {
  await withServer({}, async (endpoint) => {
    for (const [target, status] of TARGETS) {
      assert.equal((await get(endpoint, target)).status, status, target);
    }
  });
});

Deno.test("the S3 API sees the target as the client wrote it", async () => {
  await withServer({}, async (endpoint) => {
    for (const target of ["/b/a/../c", "/b/%2e%2E/c", "/b//x//", "/b/a%2Fb+c?x=%20", "/b/ü"]) {
      const { text } = await get(endpoint, target);
      assert.equal(text.slice(text.indexOf("/b")), target);
    }
  });
});

Deno.test("below the domain of virtual hosts, every path is a key", async () => {
  await withServer({ domain: "s3.example.com" }, async (endpoint) => {
    for (const target of ["/health", "/metrics", "/-/x"]) {
      assert.equal((await get(endpoint, target, "photos.s3.example.com:9000")).status, 299);
      assert.equal((await get(endpoint, target, "Photos.S3.example.com")).status, 299);
    }
    assert.equal((await get(endpoint, "/health", "s3.example.com")).status, 200);
  });
});

Deno.test("a host is also known without a Host header, as in HTTP/2", async () => {
  const parts = {
    s3: () => Promise.resolve(new Response(null, { status: 299 })),
    api: notFound,
    health: () => Promise.resolve(HEALTHY),
    domain: "s3.example.com",
  };
  const remoteAddr = { transport: "tcp", hostname: "127.0.0.1", port: 1 } as const;
  const info = { remoteAddr, completed: Promise.resolve() };
  const handler = createServer(parts);
  const status = async (url: string) => (await handler(new Request(url), info)).status;
  assert.equal(await status("https://photos.s3.example.com/health"), 299);
  assert.equal(await status("https://s3.example.com/health"), 200);
});

Deno.test("health answers ok, and with verbose says of what", async () => {
  await withServer({}, async (endpoint) => {
    assert.equal((await get(endpoint, "/health")).text, "ok");
    const verbose = await get(endpoint, "/health?verbose");
    assert.equal(verbose.status, 200);
    assert.deepEqual(JSON.parse(verbose.text), HEALTHY);
  });
});

Deno.test("a service that cannot do its work says so with 503, but is alive", async () => {
  const health = () => Promise.resolve({ ...HEALTHY, status: "failed" as const });
  await withServer({ health }, async (endpoint) => {
    assert.equal((await get(endpoint, "/health?verbose")).status, 503);
    assert.equal((await get(endpoint, "/health")).status, 200);
  });
});

Deno.test("metrics are served where the configuration says, or not at all", async () => {
  const metrics = { path: "/numbers", text: () => Promise.resolve("metric 2\n") };
  await withServer({ metrics }, async (endpoint) => {
    const answer = await get(endpoint, "/numbers");
    assert.equal(answer.text, "metric 2\n");
    assert.match(answer.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
    assert.equal((await get(endpoint, "/metrics")).status, 299);
  });
  await withServer({ metrics: undefined }, async (endpoint) => {
    assert.equal((await get(endpoint, "/metrics")).status, 299);
  });
});

Deno.test("faults of the service's own paths are problem documents", async () => {
  const health = () => Promise.reject(new Error("no"));
  await withServer({ health }, async (endpoint) => {
    const answer = await get(endpoint, "/health?verbose");
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
    assert.equal(JSON.parse(answer.text).status, 500);
  });
});

Deno.test("requests are counted when they are over, with a bounded set of methods", async () => {
  registry.resetMetrics();
  const s3 = () => Promise.resolve(new Response("four", { headers: { "content-length": "4" } }));
  await withServer({ s3 }, async (endpoint) => {
    await rawRequest(endpoint, "GET /b/k HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n");
    await rawRequest(endpoint, "FROBNICATE /b HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n");
    const put =
      "PUT /b/k HTTP/1.1\r\nhost: h\r\ncontent-length: 5\r\nconnection: close\r\n\r\n12345";
    await rawRequest(endpoint, put);
  });
  const text = await registry.metrics();
  for (
    const line of [
      's3proxy_requests_total{method="GET",status_code="200"} 1',
      's3proxy_requests_total{method="OTHER",status_code="200"} 1',
      's3proxy_inflight_requests{method="GET"} 0',
      's3proxy_request_size_bytes_sum{method="PUT"} 5',
      's3proxy_response_size_bytes_sum{method="GET"} 4',
      's3proxy_request_duration_seconds_count{method="PUT"} 1',
    ]
  ) {
    assert.ok(text.split("\n").includes(line), `${line} is missing from\n${text}`);
  }
});

Deno.test("a handler that throws costs its own request only", async () => {
  const s3 = (request: Request) =>
    request.url.endsWith("/bad")
      ? Promise.reject(new Error("no"))
      : Promise.resolve(new Response());
  await withServer({ s3 }, async (endpoint) => {
    assert.equal((await get(endpoint, "/bad")).status, 500);
    assert.equal((await get(endpoint, "/good")).status, 200);
  });
});
