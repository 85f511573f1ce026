import assert from "node:assert/strict";
import fc from "fast-check";
import { EVIDENCE_EVENT_TYPES } from "../../../src/api/evidence/evidence_events.ts";
import { append, get, serveLog } from "../log_endpoint.ts";

const GOOD = { type: "t", aggregate_id: "a", payload: 1 };

/** A body that is no event, its status, and the field that is named. */
const BODIES: readonly (readonly [body: string, status: number, field?: string])[] = [
  ["", 400],
  ["{", 400],
  ["[]", 400, ""],
  ["null", 400, ""],
  ['"t"', 400, ""],
  ["1e999", 400, ""],
  ["{}", 400, "type"],
  [JSON.stringify({ ...GOOD, type: 1 }), 400, "type"],
  [JSON.stringify({ ...GOOD, type: "" }), 400, "type"],
  // What only the API of evidence may say.
  ...EVIDENCE_EVENT_TYPES.map((type) => [JSON.stringify({ ...GOOD, type }), 400, "type"] as const),
  [JSON.stringify({ ...GOOD, aggregate_id: null }), 400, "aggregate_id"],
  [JSON.stringify({ ...GOOD, payload: undefined }), 400, "payload"],
  [JSON.stringify({ ...GOOD, meta: [] }), 400, "meta"],
  [JSON.stringify({ ...GOOD, meta: 7 }), 400, "meta"],
  [JSON.stringify({ ...GOOD, ts: 1.5 }), 400, "ts"],
  [JSON.stringify({ ...GOOD, ts: "1" }), 400, "ts"],
  ['{"type":"t","aggregate_id":"a","payload":1,"ts":1e3}', 400, "ts"],
  [JSON.stringify({ ...GOOD, expected_prev_hash: "0" }), 400, "expected_prev_hash"],
  [JSON.stringify({ ...GOOD, expected_prev_hash: "A".repeat(64) }), 400, "expected_prev_hash"],
  [JSON.stringify({ ...GOOD, seq: 0 }), 400, ""],
  ['{"type":"t","aggregate_id":"a","payload":1,"__proto__":{}}', 400, ""],
  ['{"type":"t","aggregate_id":"a","payload":"\\ud800"}', 400],
  ['{"type":"\\udfff","aggregate_id":"a","payload":1}', 400],
  [`{"type":"t","aggregate_id":"a","payload":${"[".repeat(600)}${"]".repeat(600)}}`, 400],
  [`{"type":"t","aggregate_id":"a","payload":${"[".repeat(50_000)}`, 400],
  ['{"type":"t","aggregate_id":"a","payload":1e400}', 400],
  [JSON.stringify({ ...GOOD, payload: "x".repeat(65_536) }), 413],
  [JSON.stringify({ ...GOOD, payload: "x".repeat(1_000_000) }), 413],
];

Deno.test("a body that is no event is the client's fault, and what is wrong is named", async (t) => {
  await using endpoint = await serveLog();
  for (const [body, status, field] of BODIES) {
    await t.step(`${status}: ${body.slice(0, 60)}`, async () => {
      const answer = await append(endpoint, body);
      assert.equal(answer.status, status, answer.text);
      const problem: { errors?: { field: string }[] } = JSON.parse(answer.text);
      if (field !== undefined) assert.equal(problem.errors?.[0]?.field, field, answer.text);
    });
  }
  assert.equal((await append(endpoint, GOOD, { "content-type": "text/plain" })).status, 415);
  assert.equal((await append(endpoint, JSON.stringify(GOOD), { "content-type": "" })).status, 415);
  const notText = await fetch(`${endpoint.url}/events`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: new Uint8Array([0x22, 0xff, 0x22]),
  });
  assert.equal(notText.status, 400);
  await notText.body?.cancel();
  assert.equal(JSON.parse((await get(endpoint, "head")).text).size, 0);
});

const QUERIES = [
  "events?from_seq=-1",
  "events?from_seq=1.5",
  "events?from_seq=x",
  "events?from_seq=99999999999999999999",
  "events?from_seq=",
  "events?limit=0",
  "events?limit=1001",
  "events?limit=1&limit=2",
  "events/-1",
  "events/x",
  "events/99999999999999999999",
];

Deno.test("a query that cannot be meant is the client's fault", async () => {
  await using endpoint = await serveLog();
  for (const query of QUERIES) {
    const answer = await get(endpoint, query);
    assert.equal(answer.status, 400, `${query}: ${answer.text}`);
    assert.equal(JSON.parse(answer.text).code, "invalidRequest");
  }
  for (const path of ["", "event", "events/0/x", "%ff", "events/%ff"]) {
    const { status } = await get(endpoint, path);
    assert.ok(status === 404 || status === 400, `${path}: ${status}`);
  }
});

Deno.test("the longest record that can be kept comes through, however it is written", async () => {
  await using endpoint = await serveLog();
  const length = 65_000;
  const escaped = `"${"\\u0041".repeat(length)}"`;
  const answer = await append(endpoint, `{"type":"t","aggregate_id":"a","payload":${escaped}}`);
  assert.equal(answer.status, 201, answer.text);
  const { event } = JSON.parse((await get(endpoint, "events/0")).text);
  assert.equal(event.payload, "A".repeat(length));
});

const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("", "0", "\u0000", "%", "&"));

Deno.test("whatever is sent, the service does not fail, and what it took it gives back", async () => {
  await using endpoint = await serveLog();
  await fc.assert(
    fc.asyncProperty(
      fc.record({ type: text, aggregate_id: text, payload: fc.jsonValue(), meta: fc.jsonValue() }, {
        requiredKeys: ["type"],
      }),
      async (body) => {
        const { status, text: answer } = await append(endpoint, body);
        assert.ok(status === 201 || status === 400, answer);
        if (status !== 201) return;
        const { seq } = JSON.parse(answer);
        const { event } = JSON.parse((await get(endpoint, `events/${seq}`)).text);
        assert.deepEqual(event.type, body.type);
        assert.deepEqual(event.payload, JSON.parse(JSON.stringify(body.payload)));
        const found = new URLSearchParams({
          aggregate_id: event.aggregate_id,
          type: event.type,
          from_seq: String(seq),
        });
        const page = JSON.parse((await get(endpoint, `events?${found}`)).text);
        assert.equal(page.events.length, 1);
      },
    ),
    { numRuns: 200 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("events", "events/", "proof/inclusion", "proof/consistency", "head"),
      fc.dictionary(
        fc.constantFrom("from_seq", "limit", "type", "aggregate_id", "seq", "size", "from", "to"),
        text,
      ),
      async (path, query) => {
        const { status, text: answer } = await get(
          endpoint,
          `${path}?${new URLSearchParams(query)}`,
        );
        assert.ok(status < 500, answer);
      },
    ),
    { numRuns: 200 },
  );
});
