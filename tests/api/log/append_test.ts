import assert from "node:assert/strict";
import { FIRST_PREV_HASH } from "../../../src/eventlog/record.ts";
import { FileLog } from "../../../src/eventlog/file_log.ts";
import { append, get, serveLog } from "../log_endpoint.ts";

const EVENT = { type: "Decided", aggregate_id: "agent-1", payload: { n: 1 }, ts: 7 };

/** The records of a file log, read and verified without the API. */
async function stored(path: string): Promise<readonly string[]> {
  await using log = new FileLog({ path });
  return await Array.fromAsync(log.read(), ({ text }) => text);
}

Deno.test("an event that is sent is in the log, with its place and its hashes", async () => {
  await using endpoint = await serveLog();
  const answer = await append(endpoint, EVENT);
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.headers.get("location"), "/-/api/v1/log/events/0");
  const [text = ""] = await stored(endpoint.path);
  const { event, event_hash, prev_hash } = JSON.parse(text);
  assert.deepEqual(event, { ...EVENT, seq: 0, meta: {} });
  assert.equal(prev_hash, FIRST_PREV_HASH);
  assert.deepEqual(answer.json(), { seq: 0, prev_hash, event_hash });
  const second = await append(endpoint, { ...EVENT, expected_prev_hash: event_hash });
  assert.equal(second.status, 201);
  assert.equal((await stored(endpoint.path)).length, 2);
});

Deno.test("a number keeps the text that it was sent with, and every character stays", async () => {
  await using endpoint = await serveLog({ hashVersion: "v2" });
  const payload = '{"a":123456789012345678901234567890,"b":1.0,"c":-0.0,"d":1e16,"e":1e-07,' +
    '"__proto__":[1],"f":"é\\u0000\\ud83d\\ude00"}';
  const sent = `{"type":"t","aggregate_id":"a","ts":99999999999999999999,"payload":${payload}}`;
  assert.equal((await append(endpoint, sent)).status, 201);
  const [text = ""] = await stored(endpoint.path);
  const expected = '"payload":{"__proto__":[1],"a":123456789012345678901234567890,"b":1.0,' +
    '"c":-0.0,"d":1e+16,"e":1e-07,"f":"é\\u0000😀"}';
  assert.ok(text.includes(expected), text);
  assert.ok(text.includes('"hash_version":"v2"') && text.includes('"ts":99999999999999999999'));
  assert.equal((await get(endpoint, "events/0")).text, text);
  assert.equal((await get(endpoint, "events")).text, `{"events":[${text}],"next_from_seq":null}`);
});

Deno.test("a stale hash is a conflict that names the one there is, and nothing is written", async () => {
  await using endpoint = await serveLog();
  const first = await append(endpoint, { ...EVENT, expected_prev_hash: FIRST_PREV_HASH });
  const { event_hash } = JSON.parse(first.text);
  const stale = await append(endpoint, { ...EVENT, expected_prev_hash: FIRST_PREV_HASH });
  assert.equal(stale.status, 409);
  assert.equal(stale.headers.get("content-type"), "application/problem+json");
  assert.equal(JSON.parse(stale.text).observed_prev_hash, event_hash);
  assert.equal((await stored(endpoint.path)).length, 1);
});

Deno.test("the time of an event that says none is that of its append", async () => {
  await using endpoint = await serveLog();
  const before = Date.now();
  await append(endpoint, { type: "t", aggregate_id: "a", payload: null });
  const { event } = JSON.parse((await get(endpoint, "events/0")).text);
  assert.ok(event.ts >= before && event.ts <= Date.now());
});
