import assert from "node:assert/strict";
import { lean, wholly } from "../../../src/operator/agent/lean.ts";
import { agentOf } from "./agent_fixture.ts";

Deno.test("of an agent is kept what is looked at", () => {
  const { metadata, ...agent } = agentOf("a", { role: "worker" });
  const bloat = { annotations: { text: "x" }, managedFields: [{ manager: "kubectl" }] };
  const kept = lean({ ...agent, metadata: { ...metadata, ...bloat } });
  assert.deepEqual(kept, { ...agent, metadata });
  assert.equal(wholly(kept), kept);
});

Deno.test("a spec that no event has room for is not kept, and read anew instead", () => {
  const huge = agentOf("a", { text: "x".repeat(1_000_000) });
  const kept = lean(huge);
  assert.ok(JSON.stringify(kept).length < 1_000);
  assert.equal(wholly(kept), undefined);
  assert.equal(wholly(undefined), undefined);
});
