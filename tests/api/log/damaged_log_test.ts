import assert from "node:assert/strict";
import { FileLog } from "../../../src/eventlog/file_log.ts";
import { LogStoreError } from "../../../src/eventlog/log_objects.ts";
import { fill } from "../../eventlog/sample_events.ts";
import { append, get, type LogEndpoint, serveLog } from "../log_endpoint.ts";

const EVENT = { type: "t", aggregate_id: "a1", payload: 1 };

/** A served log of so many events of which one was changed. */
async function damagedAt(seq: number, count = 20): Promise<LogEndpoint> {
  const endpoint = await serveLog();
  await using log = new FileLog({ path: endpoint.path });
  await fill(log, count);
  const text = await Deno.readTextFile(endpoint.path);
  await Deno.writeTextFile(endpoint.path, text.replace(`"number":${seq}}`, `"number":-${seq}}`));
  return endpoint;
}

Deno.test("a log that does not verify is not appended to, and who asks is told where", async () => {
  await using endpoint = await damagedAt(7);
  const stored = await Deno.readTextFile(endpoint.path);
  const answers = [
    await append(endpoint, EVENT),
    await append(endpoint, { ...EVENT, expected_prev_hash: "0".repeat(64) }),
    await get(endpoint, "head"),
    await get(endpoint, "events/7"),
    await get(endpoint, "events/12"),
    await get(endpoint, "events"),
    await get(endpoint, "events?aggregate_id=a1"),
    await get(endpoint, "events", { accept: "application/x-ndjson" }),
    await append(endpoint, EVENT),
  ];
  for (const { status, text } of answers) {
    assert.equal(status, 503, text);
    const { title, seq, cause } = JSON.parse(text);
    assert.deepEqual([title, seq, cause], ["The log does not verify", 7, "event_hash"]);
  }
  assert.equal(await Deno.readTextFile(endpoint.path), stored);
});

Deno.test("what comes before the damage can be read", async () => {
  await using endpoint = await damagedAt(7);
  assert.equal((await get(endpoint, "events/6")).status, 200);
  assert.equal((await get(endpoint, "events?limit=6")).status, 200);
});

Deno.test("lines that reach the damage break off: they do not look like all there are", async () => {
  await using endpoint = await damagedAt(1_900, 2_000);
  const headers = { accept: "application/x-ndjson" };
  const { body, status } = await fetch(`${endpoint.url}/events`, { headers });
  assert.equal(status, 200);
  await assert.rejects(new Response(body).text());
});

Deno.test("damage that comes while the log is served is met by the next who reads it", async () => {
  await using endpoint = await serveLog();
  await append(endpoint, EVENT);
  assert.equal((await get(endpoint, "head")).status, 200);
  await Deno.truncate(endpoint.path, 10);
  for (const answer of [await append(endpoint, EVENT), await get(endpoint, "head")]) {
    assert.equal(answer.status, 503);
    assert.equal(JSON.parse(answer.text).code, "brokenLog");
  }
});

Deno.test("a store that cannot be reached is told from a log that is wrong", async () => {
  await using endpoint = await serveLog({
    wrap: (opened) => ({
      ...opened,
      log: Object.assign(opened.log, {
        append: () => Promise.reject(new LogStoreError("NetworkError", "s3://secret-place: no")),
      }),
    }),
  });
  const answer = await append(endpoint, EVENT);
  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get("retry-after"), "1");
  const { code, error_type } = JSON.parse(answer.text);
  assert.deepEqual([code, error_type], ["unavailableLog", "NetworkError"]);
  assert.ok(!answer.text.includes("secret-place"));
});
