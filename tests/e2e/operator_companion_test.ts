/**
 * The operator beside a server, in a thread with permissions of its own.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { createBucket } from "../harness/client.ts";
import { freePort } from "../harness/free_port.ts";
import { startHoldfast } from "../harness/server.ts";
import { eventually } from "./eventually.ts";
import { agentManifest, LOG_BUCKET, startOperatorCluster } from "./operator_cluster.ts";

const CREDENTIAL = { accessKeyId: "companion-key", secretAccessKey: "companion-secret" };

Deno.test("a server with an operator beside it keeps the operator's log, and outlives it", async () => {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-companion-" });
  const port = freePort();
  const store = { endpoint: `http://127.0.0.1:${port}`, ...CREDENTIAL };
  await using cluster = await startOperatorCluster(store);
  const { kubectl } = cluster.kubernetes;
  const probes = freePort();
  const env = {
    ...await cluster.environment({ identity: "companion-0" }),
    HOLDFAST_DATA_DIR: directory,
    HOLDFAST_ACCESS_KEY_ID: CREDENTIAL.accessKeyId,
    HOLDFAST_SECRET_ACCESS_KEY: CREDENTIAL.secretAccessKey,
    EVENT_STORE_TYPE: "holdfast",
    METRICS_PORT: String(probes),
  };
  try {
    await using server = await startHoldfast({ port, args: ["--operator"], threads: 1, env });
    await createBucket(store, LOG_BUCKET);
    await kubectl(["apply", "-f", "-"], agentManifest("beside", { role: "worker" }));
    await eventually(async () => {
      const types = (await cluster.records()).map(({ event }) => event.type);
      assert.equal(types.filter((type) => type === "ActionApplied").length, 4);
    }, 60_000);

    // Its probes' port is taken away from it: it fails at every start, and the server goes on.
    assert.equal((await fetch(`http://127.0.0.1:${probes}/healthz`)).status, 200);
    const health = await fetch(`${server.endpoint}/health`);
    assert.equal(await health.text(), "ok");
    assert.equal(await server.stop(), 0);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("an operator that fails is started again and again, while the server goes on", async () => {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-companion-" });
  const port = freePort();
  const store = { endpoint: `http://127.0.0.1:${port}`, ...CREDENTIAL };
  await using cluster = await startOperatorCluster(store);
  using taken = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  try {
    await using server = await startHoldfast({
      port,
      args: ["--operator"],
      threads: 1,
      env: {
        ...await cluster.environment({ identity: "companion-0" }),
        HOLDFAST_DATA_DIR: directory,
        HOLDFAST_ACCESS_KEY_ID: CREDENTIAL.accessKeyId,
        HOLDFAST_SECRET_ACCESS_KEY: CREDENTIAL.secretAccessKey,
        EVENT_STORE_TYPE: "holdfast",
        METRICS_PORT: String((taken.addr as Deno.NetAddr).port),
      },
    });
    await eventually(() => {
      const failures = server.output().split("and is started again").length - 1;
      assert.ok(failures >= 2, server.output());
      return Promise.resolve();
    }, 30_000);
    assert.equal(await (await fetch(`${server.endpoint}/health`)).text(), "ok");
    taken.close();
    await eventually(() => {
      assert.match(server.output(), /holdfast operator ready on/);
      return Promise.resolve();
    }, 30_000);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("a log in a file is refused to the operator beside a server, which may write none", async () => {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-companion-" });
  try {
    const starting = startHoldfast({
      args: ["--operator"],
      env: { HOLDFAST_DATA_DIR: directory, KUBECONFIG: join(directory, "none") },
    });
    await assert.rejects(starting, /--operator needs a log that is reached by network/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
