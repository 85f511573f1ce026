import assert from "node:assert/strict";
import { createProbes, type OperatorState } from "../../src/operator/probes.ts";
import "../../src/telemetry/operator_metrics.ts";

const FINE: OperatorState = {
  stuck: () => undefined,
  unready: () => undefined,
  facts: () => ({ leader: true, agents: 2 }),
};

const CASES = [
  { what: "that works", state: FINE, healthz: 200, ready: 200 },
  {
    what: "that cannot do its work yet",
    state: { ...FINE, unready: () => "the agents have not been listed yet" },
    healthz: 200,
    ready: 503,
  },
  {
    what: "that stands still",
    state: { ...FINE, stuck: () => "the election stands still" },
    healthz: 503,
    ready: 503,
  },
];

for (const { what, state, healthz, ready } of CASES) {
  Deno.test(`an operator ${what} answers ${healthz} to /healthz and ${ready} to /ready`, async () => {
    const probes = createProbes(state, { metrics: true });
    for (const [path, status] of [["/healthz", healthz], ["/ready", ready], ["/readyz", ready]]) {
      const answer = await probes.request(String(path));
      assert.equal(answer.status, status, String(path));
      const { status: word, leader, reason } = await answer.json();
      assert.deepEqual([word, leader], [status === 200 ? "ok" : "failed", true]);
      assert.equal(typeof reason, status === 200 ? "undefined" : "string");
    }
  });
}

Deno.test("/metrics has the operator's metrics, unless they are not wanted", async () => {
  const answer = await createProbes(FINE, { metrics: true }).request("/metrics");
  assert.match(answer.headers.get("content-type") ?? "", /^text\/plain/);
  assert.match(await answer.text(), /^rynxs_leader_election_status 0$/m);
  assert.equal((await createProbes(FINE, { metrics: false }).request("/metrics")).status, 404);
});
