import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { connect } from "node:tls";
import { Agent, request } from "undici";
import { startPostgres } from "../harness/postgres.ts";
import { REPOSITORY, startHoldfast } from "../harness/server.ts";
import { inDirectory } from "./holdfast.ts";

const CERTIFICATES = new URL("./certificates/", import.meta.url).pathname;

/** The name in the certificate that a new connection gets. */
function certificateName(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false }, () => {
      const { subject } = socket.getPeerCertificate();
      socket.destroy();
      resolve(String(subject.CN));
    });
    socket.on("error", reject);
  });
}

Deno.test("a certificate that changes is served at once, and uploads go on across it", async () => {
  await using postgres = await startPostgres();
  const { host, port, user, password, database } = await postgres.createDatabase();
  await inDirectory(async (directory) => {
    const install = async (name: string) => {
      await Deno.copyFile(`${CERTIFICATES}${name}.key`, `${directory}/tls.key`);
      await Deno.copyFile(`${CERTIFICATES}${name}.crt`, `${directory}/tls.crt`);
    };
    await install("first");
    await using server = await startHoldfast({
      threads: 2,
      config: {
        server: { tls: { cert_file: `${directory}/tls.crt`, key_file: `${directory}/tls.key` } },
        database: { host, port, user, password, database },
        backends: [{ type: "disk", path: `${directory}/objects` }],
      },
    });
    const endpoint = `https://127.0.0.1:${server.port}`;
    assert.match(server.output(), new RegExp(`holdfast ready on ${endpoint}\n`));
    assert.equal(await certificateName(server.port), "first.holdfast.test");

    const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
    const gate = Promise.withResolvers<void>();
    async function* content() {
      yield new Uint8Array(600_000);
      await gate.promise;
      yield new Uint8Array(600_000);
    }
    const upload = request(`${endpoint}/unified/across`, {
      method: "PUT",
      headers: { "content-length": "1200000" },
      body: Readable.from(content()),
      dispatcher,
    });

    await install("second");
    while (await certificateName(server.port) !== "second.holdfast.test") {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    gate.resolve();
    const stored = await upload;
    await stored.body.dump();
    assert.equal(stored.statusCode, 200);
    const kept = await request(`${endpoint}/unified/across`, { dispatcher });
    assert.equal((await kept.body.bytes()).length, 1_200_000);
    await dispatcher.destroy();
    assert.equal(await server.stop(), 0);
  });
});

Deno.test("a policy of the configuration that asks for TLS knows when it is there", async () => {
  await using postgres = await startPostgres();
  const { host, port, user, password, database } = await postgres.createDatabase();
  await inDirectory(async (directory) => {
    const statusOver = async (tls: object) => {
      await using server = await startHoldfast({
        threads: 2,
        config: {
          server: { virtual_bucket_policy: `${REPOSITORY}/policies/tls-only.json`, ...tls },
          database: { host, port, user, password, database },
          backends: [{ type: "disk", path: `${directory}/objects` }],
        },
      });
      const scheme = "tls" in tls ? "https" : "http";
      const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
      const answer = await request(`${scheme}://127.0.0.1:${server.port}/unified/k`, {
        method: "PUT",
        body: "x",
        dispatcher,
      });
      await answer.body.dump();
      await dispatcher.destroy();
      return answer.statusCode;
    };
    const [cert_file, key_file] = ["crt", "key"].map((end) => `${CERTIFICATES}first.${end}`);
    assert.equal(await statusOver({ tls: { cert_file, key_file } }), 200);
    assert.equal(await statusOver({}), 403);
  });
});
