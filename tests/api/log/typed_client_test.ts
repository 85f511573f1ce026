import assert from "node:assert/strict";
import { hc } from "hono/client";
import type { LogApi } from "../../../src/api/api.ts";
import { serveLog } from "../log_endpoint.ts";

Deno.test("a client of Hono knows what it may send, and what comes back", async () => {
  await using endpoint = await serveLog();
  const { log } = hc<LogApi>(endpoint.origin)["-"].api.v1;
  const sent = { type: "t", aggregate_id: "a", payload: { x: [1] } };
  const appended = await (await log.events.$post({ json: sent })).json();
  assert.equal(appended.seq, 0);
  const query = { aggregate_id: "a", limit: "1" };
  const page = await (await log.events.$get({ query })).json();
  assert.equal(page.next_from_seq, null);
  assert.deepEqual(page.events.map(({ event }) => event.payload), [sent.payload]);
  const record = await (await log.events[":seq"].$get({ param: { seq: "0" } })).json();
  assert.equal(record.event_hash, appended.event_hash);
  const head = await (await log.head.$get()).json();
  assert.equal(head.event_hash, appended.event_hash);
  const proof = await log.proof.inclusion.$get({ query: { seq: "0" } });
  assert.equal(proof.ok, false);
  await proof.body?.cancel();
});
