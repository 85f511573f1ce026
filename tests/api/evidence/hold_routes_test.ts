import assert from "node:assert/strict";
import { send, serveEvidence } from "../evidence_endpoint.ts";

Deno.test("a hold keeps evidence until it is released, and all of it is in the history", async () => {
  await using endpoint = await serveEvidence();
  const url = `${endpoint.evidenceUrl}/d`;
  await send("POST", endpoint.evidenceUrl, { decision_id: "d", evidence_data: 1 });
  assert.equal((await send("GET", `${url}/hold`)).status, 404);

  const held = await send("PUT", `${url}/hold`, { reason: "Case 4711: Müller" });
  assert.equal(held.status, 200, held.text);
  const hold = JSON.parse(held.text);
  assert.deepEqual(
    [hold.decision_id, hold.reason, hold.actor],
    ["d", "Case 4711: Müller", "anybody"],
  );
  assert.equal((await send("PUT", `${url}/hold`, { reason: hold.reason })).text, held.text);
  assert.equal((await send("PUT", `${url}/hold`, { reason: "another" })).status, 409);
  assert.equal((await send("GET", `${url}/hold`)).text, held.text);
  assert.equal((await send("DELETE", url)).status, 403);

  assert.equal((await send("DELETE", `${url}/hold`)).status, 204);
  assert.equal((await send("DELETE", `${url}/hold`)).status, 404);
  assert.equal((await send("DELETE", url)).status, 200);
  const { events } = JSON.parse((await send("GET", `${url}/history`)).text);
  assert.deepEqual(
    events.map(({ event }: { event: { type: string } }) => event.type),
    ["EvidenceStored", "EvidenceHeld", "EvidenceReleased", "EvidenceDeleted"],
  );
});

const REASONS: readonly (readonly [body: unknown, status: number])[] = [
  [{ reason: "x".repeat(1_000) }, 200],
  [{ reason: "" }, 400],
  [{ reason: "x".repeat(1_001) }, 400],
  [{ reason: "two\nlines" }, 400],
  [{ reason: "\u0000" }, 400],
  ['{"reason":"\\ud800"}', 400],
  [{}, 400],
];

Deno.test("a hold has a reason, on one line", async () => {
  await using endpoint = await serveEvidence();
  await send("POST", endpoint.evidenceUrl, { decision_id: "d", evidence_data: 1 });
  for (const [body, status] of REASONS) {
    const answer = await send("PUT", `${endpoint.evidenceUrl}/d/hold`, body);
    assert.equal(answer.status, status, answer.text);
  }
});
