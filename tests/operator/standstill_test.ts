import assert from "node:assert/strict";
import { standsStill } from "../../src/operator/standstill.ts";

const LEASE = 30_000;
const HOUR = 3_600_000;

/** How long nothing was heard of the election, and of agents. Milliseconds. */
const CASES = [
  ["all is well", 5_000, 60_000, false],
  ["the API server is gone for an hour, after it spoke of the lease", HOUR, HOUR + 60_000, false],
  ["the API server is gone for an hour, after it spoke of an agent", HOUR, HOUR - 4_000, false],
  ["the API server was never there", HOUR, Infinity, false],
  ["the election is silent for three leases", 3 * LEASE, 0, false],
  ["the election is silent for five leases, and agents are not", 5 * LEASE, 20_000, true],
  ["the election is silent for an hour, and there was a bookmark", HOUR, 60_000, true],
] as const;

for (const [what, election, agents, expected] of CASES) {
  Deno.test(`where ${what} the election ${expected ? "stands still" : "does not stand still"}`, () => {
    assert.equal(standsStill({ election, agents }, LEASE), expected);
  });
}
