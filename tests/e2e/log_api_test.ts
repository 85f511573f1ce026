import assert from "node:assert/strict";
import { SigningKey } from "../../src/eventlog/signing_key.ts";
import { rawRequest } from "../harness/raw_http.ts";
import { serialize, sign } from "../harness/raw_signing.ts";
import { startHoldfast } from "../harness/server.ts";
import { type PostgresAddress, startPostgres } from "../harness/postgres.ts";
import { append, get } from "../api/log_endpoint.ts";
import { eventually } from "./eventually.ts";

const KEY = { accessKeyId: "log-test", secretAccessKey: "log-test-secret" };
const TOKEN = { authorization: "Bearer the-token-of-the-log" };

/** Where the log of a server is. */
function logOf({ endpoint }: { readonly endpoint: string }) {
  return { url: `${endpoint}/-/api/v1/log` };
}

/** Sends a request that is signed with the key of a server without a configuration. */
async function signed(endpoint: string, method: string, path: string, body = "") {
  const request = {
    method,
    target: `/-/api/v1/log/${path}`,
    headers: [["Content-Type", "application/json"], ["Connection", "close"]] as const,
    body: new TextEncoder().encode(body),
  };
  const answer = await rawRequest(
    endpoint,
    serialize(sign(request, { endpoint, ...KEY }).request),
  );
  assert.ok(typeof answer === "object", `${answer}`);
  return { status: answer.status, text: new TextDecoder().decode(answer.body) };
}

async function inDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-log-api-" });
  try {
    await run(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("a server without a configuration keeps a log for its only user", async () => {
  await inDirectory(async (directory) => {
    const env = {
      HOLDFAST_DATA_DIR: directory,
      HOLDFAST_ACCESS_KEY_ID: KEY.accessKeyId,
      HOLDFAST_SECRET_ACCESS_KEY: KEY.secretAccessKey,
    };
    const event = '{"type":"t","aggregate_id":"a","payload":1.0,"ts":1}';
    {
      await using server = await startHoldfast({ env });
      const { endpoint } = server;
      assert.equal((await append(logOf(server), event)).status, 401);
      const answer = await signed(endpoint, "POST", "events", event);
      assert.equal(answer.status, 201, answer.text);
      const page = await fetch(`${endpoint}/-/ui/proof/`);
      assert.equal(page.status, 200);
      assert.match(await page.text(), /<html/);
      await server.kill9();
    }
    await using server = await startHoldfast({ env });
    const { endpoint } = server;
    const found = await signed(endpoint, "GET", "events?aggregate_id=a");
    const stored = await Deno.readTextFile(`${directory}/log/events.jsonl`);
    assert.equal(found.text, `{"events":[${stored.trimEnd()}],"next_from_seq":null}`);
    assert.ok(stored.includes('"payload":1.0'));
    assert.equal((await signed(endpoint, "POST", "events", event)).status, 201);
    assert.equal(JSON.parse((await signed(endpoint, "GET", "head")).text).size, 2);
  });
});

interface Committed {
  readonly seq: number;
  readonly event_hash: string;
}

/** Appends until the server is gone; what it has acknowledged. */
async function appendUntilGone(server: { readonly endpoint: string }): Promise<Committed[]> {
  const acknowledged: Committed[] = [];
  const client = async (name: string) => {
    for (let n = 0;; n++) {
      const event = { type: "t", aggregate_id: name, payload: n };
      const answer = await append(logOf(server), event, TOKEN).catch(() => undefined);
      if (answer?.status !== 201) return;
      acknowledged.push(JSON.parse(answer.text));
    }
  };
  await Promise.all(["a", "b", "c", "d", "e", "f"].map(client));
  return acknowledged;
}

function configOf(directory: string, address: PostgresAddress, log: Record<string, string>) {
  const { database, host, password, port, user } = address;
  return {
    data_dir: directory,
    auth: { token: TOKEN.authorization.slice("Bearer ".length) },
    database: { host, port: String(port), database, user, password },
    log,
  };
}

async function recordsOf(server: { readonly endpoint: string }) {
  const headers = { ...TOKEN, accept: "application/x-ndjson" };
  const { status, text } = await get(logOf(server), "events", headers);
  assert.equal(status, 200, text);
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

const STORES: Readonly<Record<string, Record<string, string>>> = {
  "a file": {},
  "a bucket of the service": { store: "holdfast", bucket: "unified", prefix: "events" },
};

for (const [name, store] of Object.entries(STORES)) {
  Deno.test(`several threads keep one log in ${name}, and nothing acknowledged is lost`, async () => {
    await inDirectory(async (directory) => {
      await using postgres = await startPostgres();
      const key = `${directory}/key.pem`;
      await Deno.writeTextFile(key, SigningKey.generate().toPem(), { mode: 0o600 });
      const config = configOf(directory, await postgres.createDatabase(), {
        ...store,
        signing_key: key,
        origin: "example.com/log",
        publish_interval: "100ms",
      });
      const acknowledged: Committed[] = [];
      {
        await using server = await startHoldfast({ config, threads: 3 });
        const appending = appendUntilGone(server);
        await new Promise((resolve) => setTimeout(resolve, 2_000));
        await server.kill9();
        acknowledged.push(...await appending);
      }
      await using server = await startHoldfast({ config, threads: 3 });
      const records = await recordsOf(server);
      assert.ok(acknowledged.length > 20, `${acknowledged.length}`);
      for (const { seq, event_hash } of acknowledged) {
        assert.equal(records[seq].event_hash, event_hash);
      }
      const event = { type: "Last", aggregate_id: "z", payload: null };
      assert.equal((await append(logOf(server), event, TOKEN)).status, 201);
      await eventually(async () => {
        const path = `proof/inclusion?seq=${records.length}`;
        const proof = await get(logOf(server), path, TOKEN);
        assert.equal(proof.status, 200, proof.text);
        assert.equal(JSON.parse(proof.text).size, records.length + 1);
      });
      const found = JSON.parse((await get(logOf(server), "events?type=Last", TOKEN)).text);
      assert.equal(found.events[0].event.seq, records.length);
      const metrics = await (await fetch(`${server.endpoint}/metrics`)).text();
      assert.match(metrics, /^rynxs_events_total\{event_type="Last"\} 1$/m);
      assert.equal(await server.stop(), 0);
    });
  });
}

const WRONG: readonly (readonly [variable: string, environment: Record<string, string>])[] = [
  ["RYNXS_HASH_VERSION", { RYNXS_HASH_VERSION: "v3" }],
  ["EVENT_STORE_TYPE", { EVENT_STORE_TYPE: "tape" }],
  [
    "RYNXS_S3_USE_HEAD",
    { EVENT_STORE_TYPE: "s3", S3_BUCKET: "b", RYNXS_S3_USE_HEAD: "maybe" },
  ],
];

Deno.test("a variable of the log that cannot be meant stops the start, and is named", async () => {
  await inDirectory(async (directory) => {
    for (const [variable, environment] of WRONG) {
      const env = { HOLDFAST_DATA_DIR: directory, ...environment };
      await assert.rejects(
        startHoldfast({ env }),
        (error) => error instanceof Error && error.message.includes(`${variable} must be`),
      );
    }
  });
});
