import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { Agent, request } from "undici";
import { freePort } from "../harness/free_port.ts";
import { type PostgresAddress, startPostgres } from "../harness/postgres.ts";
import { rawRequest } from "../harness/raw_http.ts";
import { type HoldfastOptions, startHoldfast } from "../harness/server.ts";
import { holdfast, inDirectory } from "./holdfast.ts";

/** Configuration of a server with a real database and no authentication. */
function configOf(
  { host, port, user, password, database }: PostgresAddress,
  directory: string,
): NonNullable<HoldfastOptions["config"]> {
  return {
    database: { host, port, user, password, database },
    backends: [{ type: "disk", name: "disk", path: `${directory}/objects` }],
    telemetry: { logs: { format: "json" } },
  };
}

/** Sends one half of an object, and the other once the gate opens. */
async function putInHalves(endpoint: string, key: string, gate: Promise<void>): Promise<number> {
  async function* content() {
    yield new Uint8Array(600_000);
    await gate;
    yield new Uint8Array(600_000);
  }
  const { statusCode, body } = await request(`${endpoint}/unified/${key}`, {
    method: "PUT",
    headers: { "content-length": "1200000" },
    body: Readable.from(content()),
    dispatcher: new Agent(),
  });
  await body.dump();
  return statusCode;
}

/** A gate that stays shut. */
const NEVER = new Promise<void>(() => {});

Deno.test("with no configuration, everything is under the data directory and survives", async () => {
  await inDirectory(async (directory) => {
    const env = { HOLDFAST_DATA_DIR: `${directory}/data` };
    {
      await using server = await startHoldfast({ env });
      assert.match(
        server.output(),
        /export AWS_ACCESS_KEY_ID=\S+\n.*export AWS_SECRET_ACCESS_KEY=/,
      );
      assert.match(server.output(), /aws --endpoint-url http:\S+ s3 cp README.md s3:\/\/unified\//);
      assert.equal(await (await fetch(`${server.endpoint}/health`)).text(), "ok");
      const verbose = await (await fetch(`${server.endpoint}/health?verbose`)).json();
      assert.deepEqual(verbose, {
        status: "ok",
        database: { status: "ok", embedded: true },
        backends: { disk: { status: "ok" } },
        evidence: { status: "ok" },
      });
      const unsigned = await fetch(`${server.endpoint}/unified/`);
      assert.equal(unsigned.status, 403);
      await unsigned.body?.cancel();
      await server.kill9();
    }
    await using again = await startHoldfast({ env });
    assert.equal(await (await fetch(`${again.endpoint}/health`)).text(), "ok");
    assert.equal(await again.stop(), 0);
  });
});

Deno.test("a second server on the same data directory says why it does not start", async () => {
  await inDirectory(async (directory) => {
    const env = { HOLDFAST_DATA_DIR: `${directory}/data` };
    await using _first = await startHoldfast({ env });
    const second = await holdfast(["serve"], {
      ...env,
      HOLDFAST_LISTEN: `127.0.0.1:${freePort()}`,
    });
    assert.equal(second.code, 1);
    assert.match(second.stderr, /^holdfast serve: \S+\/data is in use by another process$/m);
  });
});

Deno.test("what keeps a server from starting is one clear sentence", async (test) => {
  await inDirectory(async (directory) => {
    const env = { HOLDFAST_DATA_DIR: `${directory}/data` };
    const config = `${directory}/config.yaml`;
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const taken = `127.0.0.1:${listener.addr.port}`;
    const cases: readonly (readonly [string, string, string])[] = [
      [
        "a port in use",
        `server: {listen_addr: "${taken}"}`,
        `${taken} is in use by another process`,
      ],
      [
        "a certificate that is not there",
        `server: {listen_addr: "127.0.0.1:0", tls: {cert_file: ${directory}/c.pem, key_file: k.pem}}`,
        `${directory}/c.pem: there is no such file`,
      ],
      [
        "a file that is no certificate",
        `server: {listen_addr: "127.0.0.1:0", tls: {cert_file: ${config}, key_file: ${config}}}`,
        `${config}: holds no CERTIFICATE in PEM`,
      ],
      [
        "an address of another machine",
        `server: {listen_addr: "192.0.2.1:9000"}`,
        "192.0.2.1:9000 is no address of this machine",
      ],
      [
        "a database that nobody serves",
        `server: {listen_addr: "127.0.0.1:0"}\ndatabase: {host: 127.0.0.1, port: 1, database: d, user: u}`,
        "ECONNREFUSED",
      ],
      ["a bad configuration", "server: {listen: x}", "server.listen: is not a known key"],
    ];
    for (const [name, yaml, message] of cases) {
      await test.step(name, async () => {
        await Deno.writeTextFile(config, yaml);
        const { code, stderr } = await holdfast(["serve", "--config", config], env);
        assert.equal(code, 1, stderr);
        assert.ok(stderr.includes(message), stderr);
        assert.equal(stderr.trim().split("\n").length, 1, stderr);
      });
    }
    listener.close();
  });
});

Deno.test("threads share one port, and metrics on any of them are the sum", async () => {
  await using postgres = await startPostgres();
  const address = await postgres.createDatabase();
  await inDirectory(async (directory) => {
    await using server = await startHoldfast({ config: configOf(address, directory), threads: 3 });
    assert.match(server.output(), /AUTHENTICATION IS OFF/);
    const requests = 60;
    await Promise.all(Array.from({ length: requests }, async () => {
      // A connection each, so that the system spreads them.
      const head = "HEAD /unified HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n";
      const answer = await rawRequest(server.endpoint, head, { head: true });
      assert.ok(typeof answer === "object" && answer.status === 200, JSON.stringify(answer));
    }));
    for (let round = 0; round < 6; round++) {
      const text = await (await fetch(`${server.endpoint}/metrics`, {
        headers: { connection: "close" },
      })).text();
      assert.match(
        text,
        new RegExp(
          `^s3proxy_requests_total\\{method="HEAD",status_code="200"\\} ${requests}$`,
          "m",
        ),
      );
      assert.match(text, /^s3proxy_build_info\{.*\} 1$/m);
      assert.match(text, /^s3proxy_quota_bytes_limit\{backend="disk"\} 0$/m);
    }
    assert.equal(await server.stop(), 0);
  });
});

Deno.test("after SIGTERM what runs is finished, nothing new is taken, and the end is 0", async () => {
  await using postgres = await startPostgres();
  const address = await postgres.createDatabase();
  await inDirectory(async (directory) => {
    const config = configOf(address, directory);
    await using server = await startHoldfast({ config, threads: 2 });
    const gate = Promise.withResolvers<void>();
    const upload = putInHalves(server.endpoint, "slow", gate.promise);
    // The first half must have arrived before the server is told to end.
    await inflight(server.endpoint, "PUT");
    const stopped = server.stop();
    await turnedAway(server.endpoint);
    gate.resolve();
    assert.equal(await upload, 200);
    assert.equal(await stopped, 0);

    await using again = await startHoldfast({ config });
    const kept = await fetch(`${again.endpoint}/unified/slow`);
    assert.equal((await kept.bytes()).length, 1_200_000);
  });
});

Deno.test("a second signal ends a server that still waits for its requests", async () => {
  await using postgres = await startPostgres();
  const address = await postgres.createDatabase();
  await inDirectory(async (directory) => {
    await using server = await startHoldfast({ config: configOf(address, directory) });
    const upload = putInHalves(server.endpoint, "endless", NEVER).catch(() => "cut off");
    await inflight(server.endpoint, "PUT");
    const stopped = server.stop();
    await turnedAway(server.endpoint);
    Deno.kill(server.pid, "SIGTERM");
    assert.equal(await stopped, 1);
    assert.equal(await upload, "cut off");
  });
});

Deno.test("what still runs when the patience is over is cut off, and the end is 0", async () => {
  await using postgres = await startPostgres();
  const address = await postgres.createDatabase();
  await inDirectory(async (directory) => {
    const config = { ...configOf(address, directory), server: { shutdown_timeout: "1s" } };
    await using server = await startHoldfast({ config });
    const upload = putInHalves(server.endpoint, "endless", NEVER).catch(() => "cut off");
    await inflight(server.endpoint, "PUT");
    assert.equal(await server.stop(), 0);
    assert.equal(await upload, "cut off");
  });
});

/** Resolves when a request with that method is being worked on. */
async function inflight(endpoint: string, method: string): Promise<void> {
  const gauge = new RegExp(`^s3proxy_inflight_requests\\{method="${method}"\\} [1-9]`, "m");
  while (!gauge.test(await (await fetch(`${endpoint}/metrics`)).text())) await soon();
}

/** Resolves when no new request is taken. */
async function turnedAway(endpoint: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${endpoint}/health`, { headers: { connection: "close" } })
      .catch(() => undefined);
    await answer?.body?.cancel();
    if (answer === undefined || answer.status === 503) return;
    await soon();
  }
}

function soon(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
