import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { LogStoreError } from "../../src/eventlog/log_objects.ts";
import { sweepRequests } from "../../src/metadata/api_idempotency.ts";
import { credentials } from "../s3api/endpoint.ts";
import { send, serveEvidence } from "./evidence_endpoint.ts";
import { append, get, type LogEndpoint, serveLog } from "./log_endpoint.ts";

const EVENT = { type: "t", aggregate_id: "a", payload: { n: 1 } };

function key(value: string) {
  return { "idempotency-key": value };
}

async function sizeOf(endpoint: LogEndpoint): Promise<number> {
  return JSON.parse((await get(endpoint, "head")).text).size;
}

Deno.test("a request that is sent again with its key is answered as before, and done once", async () => {
  await using endpoint = await serveLog();
  const first = await append(endpoint, EVENT, key("k1"));
  const second = await append(endpoint, EVENT, key("k1"));
  // The quotes of a structured field are not part of the key.
  const third = await append(endpoint, EVENT, key('"k1"'));
  assert.equal(first.headers.get("idempotent-replayed"), null);
  for (const again of [second, third]) {
    assert.equal(again.headers.get("idempotent-replayed"), "true");
    assert.deepEqual([again.status, again.text], [201, first.text]);
    assert.equal(again.headers.get("location"), first.headers.get("location"));
  }
  assert.equal(await sizeOf(endpoint), 1);
  assert.equal((await append(endpoint, EVENT, key("k2"))).status, 201);
  assert.equal((await append(endpoint, EVENT)).status, 201);
  assert.equal(await sizeOf(endpoint), 3);
});

Deno.test("a refusal is given again as well, though it would be granted by now", async () => {
  await using endpoint = await serveLog();
  const stale = { ...EVENT, expected_prev_hash: "a".repeat(64) };
  const first = await append(endpoint, stale, key("k"));
  assert.equal(first.status, 409);
  assert.equal((await append(endpoint, stale, key("k"))).text, first.text);
});

Deno.test("what was not even read can be sent again in the right type", async () => {
  await using endpoint = await serveLog();
  const wrong = await append(endpoint, EVENT, { ...key("k"), "content-type": "text/plain" });
  assert.equal(wrong.status, 415);
  assert.equal((await append(endpoint, EVENT, key("k"))).status, 201);
  assert.equal(await sizeOf(endpoint), 1);
});

Deno.test("a key is good for one request", async () => {
  await using endpoint = await serveEvidence();
  await append(endpoint, EVENT, key("k"));
  const otherBody = await append(endpoint, { ...EVENT, payload: 2 }, key("k"));
  const otherPath = await send("POST", endpoint.evidenceUrl, EVENT, key("k"));
  for (const { status, text } of [otherBody, otherPath]) {
    assert.deepEqual([status, JSON.parse(text).code], [422, "reusedKey"]);
  }
  assert.equal(await sizeOf(endpoint), 1);
});

Deno.test("a key is its sender's: another one's with the same text is another key", async () => {
  await using endpoint = await serveLog({
    credentials: credentials([]),
    tokens: [{ name: "one", token: "token-1" }, { name: "two", token: "token-2" }],
    grants: ["one", "two"].map((name) => ({ name, scopes: ["admin"] })),
  });
  const by = (token: string) => ({ ...key("k"), authorization: `Bearer ${token}` });
  assert.equal((await append(endpoint, EVENT, by("token-1"))).status, 201);
  const other = await append(endpoint, { ...EVENT, payload: 2 }, by("token-2"));
  assert.deepEqual([other.status, other.headers.get("idempotent-replayed")], [201, null]);
});

const KEYS: readonly (readonly [key: string, status: number])[] = [
  ["x".repeat(255), 201],
  ["x".repeat(256), 400],
  ["", 400],
  ["a b", 400],
  ["é", 400],
];

Deno.test("a key has its form", async () => {
  await using endpoint = await serveLog();
  for (const [value, status] of KEYS) {
    const answer = await append(endpoint, EVENT, key(value));
    assert.equal(answer.status, status, `${value}: ${answer.text}`);
  }
});

Deno.test("of many at once with one key one is done, and the others wait or hear the same", async () => {
  await using endpoint = await serveLog();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => append(endpoint, EVENT, key("k"))),
  );
  const statuses = new Set(answers.map(({ status }) => status));
  assert.ok(statuses.has(201));
  for (const { headers, status, text } of answers) {
    if (status === 201) continue;
    assert.deepEqual([status, JSON.parse(text).code], [409, "stillRunning"]);
    assert.equal(headers.get("retry-after"), "1");
  }
  assert.equal(new Set(answers.filter((a) => a.status === 201).map((a) => a.text)).size, 1);
  assert.equal(await sizeOf(endpoint), 1);
});

Deno.test("who crashed behind the append finds the event, and adds no second one", async () => {
  await using endpoint = await serveLog();
  const { sql } = endpoint.fixture;
  await append(endpoint, EVENT);
  const first = await append(endpoint, EVENT, key("k"));
  // As a crash between the append and the answer leaves it, when its time is over.
  await sql`UPDATE api_idempotency SET status = NULL, headers = NULL, body = NULL, locked_until = now()`;
  await append(endpoint, EVENT);
  const second = await append(endpoint, EVENT, key("k"));
  assert.deepEqual([second.status, second.text], [201, first.text]);
  assert.equal(second.headers.get("idempotent-replayed"), null);
  assert.equal(await sizeOf(endpoint), 3);
});

Deno.test("who crashed before the append appends", async () => {
  await using endpoint = await serveLog();
  const { sql } = endpoint.fixture;
  await append(endpoint, EVENT);
  await append(endpoint, { ...EVENT, payload: 2 }, key("other"));
  const request = createHash("sha256")
    .update("POST /-/api/v1/log/events\n").update(JSON.stringify(EVENT)).digest("hex");
  const keyHash = createHash("sha256").update(JSON.stringify(["anybody", "k"])).digest("hex");
  await sql`
    INSERT INTO api_idempotency (actor, key_hash, request, from_seq, locked_until)
    VALUES ('anybody', decode(${keyHash}, 'hex'), decode(${request}, 'hex'), 1, now())`;
  assert.equal((await append(endpoint, EVENT, key("k"))).status, 201);
  assert.equal(await sizeOf(endpoint), 3);
});

Deno.test("a fault of the service is not given again: the next attempt goes on", async () => {
  const fault = { isThere: true };
  await using endpoint = await serveLog({
    wrap(opened) {
      const append = opened.log.append.bind(opened.log);
      const failing: typeof append = async (event, options) => {
        // The event is there, and nobody hears of it.
        const appended = await append(event, options);
        if (!fault.isThere) return appended;
        fault.isThere = false;
        throw new LogStoreError("NetworkError", "no answer came");
      };
      return { ...opened, log: Object.assign(opened.log, { append: failing }) };
    },
  });
  assert.equal((await append(endpoint, EVENT, key("k"))).status, 503);
  assert.equal((await append(endpoint, EVENT, key("k"))).status, 201);
  assert.equal((await append(endpoint, EVENT, key("k"))).status, 201);
  assert.equal(await sizeOf(endpoint), 1);
});

Deno.test("the mark of a key in an event is the service's: nobody can write it", async () => {
  await using endpoint = await serveLog();
  const { status } = await append(endpoint, { ...EVENT, meta: { idempotency_hash: "x" } });
  assert.equal(status, 400);
  await append(endpoint, { ...EVENT, meta: { mine: 1 } }, key("k"));
  const { event } = JSON.parse((await get(endpoint, "events/0")).text);
  assert.deepEqual(Object.keys(event.meta), ["idempotency_hash", "mine"]);
});

Deno.test("an answer is forgotten after a day, and its key is free again", async () => {
  await using endpoint = await serveLog();
  const { sql } = endpoint.fixture;
  await append(endpoint, EVENT, key("old"));
  await sql`UPDATE api_idempotency SET created_at = now() - interval '25 hours'`;
  const again = await append(endpoint, { ...EVENT, payload: 2 }, key("old"));
  assert.equal(again.status, 201);
  assert.equal(await sizeOf(endpoint), 2);
  await append(endpoint, EVENT, key("new"));
  await sql`UPDATE api_idempotency SET created_at = now() - interval '25 hours' WHERE from_seq = 1`;
  await sweepRequests(sql, 24 * 3_600_000);
  assert.equal((await sql`SELECT 1 FROM api_idempotency`).length, 1);
});

Deno.test("evidence that is stored with a key is answered with the same answer again", async () => {
  await using endpoint = await serveEvidence();
  const body = '{"decision_id":"d","evidence_data":{"x":1.0}}';
  const first = await send("POST", endpoint.evidenceUrl, body, key("k"));
  const second = await send("POST", endpoint.evidenceUrl, body, key("k"));
  assert.deepEqual([first.status, second.status], [201, 201]);
  assert.equal(second.text, first.text);
  assert.equal(await sizeOf(endpoint), 1);
});
