import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { startPostgres } from "../harness/postgres.ts";
import { startHoldfast } from "../harness/server.ts";
import { inDirectory } from "./holdfast.ts";

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";

/** Answers every request as a store that has just taken an object, and keeps its headers. */
function recordingStore() {
  const seen: Headers[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    seen.push(request.headers);
    await request.body?.pipeTo(new WritableStream());
    return new Response(null, { headers: { etag: '"5d41402abc4b2a76b9719d911017c592"' } });
  });
  return { seen, endpoint: `http://127.0.0.1:${server.addr.port}`, close: () => server.shutdown() };
}

Deno.test("a trace goes from the client through every layer to the backend", async () => {
  const bodies: Uint8Array[] = [];
  const collector = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      bodies.push(await request.bytes());
      return new Response();
    },
  );
  const store = recordingStore();
  await using postgres = await startPostgres();
  const { host, port, user, password, database } = await postgres.createDatabase();
  await inDirectory(async () => {
    await using server = await startHoldfast({
      threads: 2,
      config: {
        database: { host, port, user, password, database },
        backends: [{
          endpoint: store.endpoint,
          bucket: "b",
          access_key_id: "a",
          secret_access_key: "s",
          force_path_style: true,
        }],
        telemetry: {
          tracing: {
            enabled: true,
            endpoint: `http://127.0.0.1:${collector.addr.port}/v1/traces`,
            sample_rate: 0,
          },
        },
      },
    });
    const answer = await fetch(`${server.endpoint}/unified/key`, {
      method: "PUT",
      body: "hello",
      headers: { traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01` },
    });
    assert.equal(answer.status, 200, await answer.text());
    // What is held back is exported at the end.
    assert.equal(await server.stop(), 0);
  });
  const exported = Buffer.concat(bodies);
  for (const name of ["PutObject", "storage PutObject", "backend PutObject", "SQL "]) {
    assert.ok(exported.includes(name), `there is no span ${name}`);
  }
  const ids = exported.toString("hex").match(new RegExp(TRACE_ID, "g")) ?? [];
  assert.ok(ids.length >= 4, `${ids.length} spans belong to the client's trace`);
  const sent = store.seen.map((headers) => headers.get("traceparent") ?? "");
  assert.ok(sent.some((parent) => parent.startsWith(`00-${TRACE_ID}-`)), sent.join());
  await Promise.all([collector.shutdown(), store.close()]);
});
