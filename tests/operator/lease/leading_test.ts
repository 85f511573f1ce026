import assert from "node:assert/strict";
import { LeadershipLostError } from "../../../src/operator/term.ts";
import type { Fate } from "./simulated_api.ts";
import { endOf, leaseWith, metrics, resetMetrics, Stage } from "./stage.ts";

const OTHERS = { holderIdentity: "b", leaseDurationSeconds: 30, leaseTransitions: 1 };

/** What happens to the calls of a leader from 5 s on, when it renews for the first time. */
const TROUBLES: readonly (readonly [readonly Fate[], Readonly<Record<string, number>>])[] = [
  [["answer lost"], { api_error: 1 }],
  [["request lost"], { api_error: 1 }],
  [["failed after", "failed before"], { api_error: 2 }],
  [["conflict", "fine", "conflict", "fine", "conflict"], {}],
  [["conflict", "fine", "conflict", "fine", "conflict", "fine", "conflict"], {
    conflict_retries_exhausted: 1,
  }],
  [["conflict", "answer lost"], { api_error_during_retry: 1 }],
];

for (const [fates, failures] of TROUBLES) {
  Deno.test(`a term goes on, although: ${fates.join(", ")}`, async () => {
    resetMetrics();
    const stage = new Stage();
    await stage.callsFrom(4_000, ...fates).start().until(100_000);
    assert.equal(stage.terms.length, 1);
    assert.equal(stage.terms[0]?.term.demand().epoch, 1);
    assert.deepEqual(await metrics(), { ...failures, acquired: 1, leads: 1 });
  });
}

Deno.test("renewing keeps what it does not know, and what others write beside it", async () => {
  const stage = new Stage();
  stage.api.put(leaseWith({ holderIdentity: "" }));
  stage.start().at(7_000, () => {
    const lease = stage.api.stored<ReturnType<typeof leaseWith>>();
    const metadata = { ...lease?.metadata, annotations: { by: "somebody" } };
    const spec = { ...lease?.spec, strategy: "OldestEmulationVersion" };
    stage.api.put({ ...lease, metadata, spec });
  });
  await stage.until(12_000);
  const { metadata, spec } = stage.api.stored<ReturnType<typeof leaseWith>>() ?? {};
  assert.deepEqual(metadata?.annotations, { by: "somebody" });
  assert.deepEqual(spec, {
    holderIdentity: "a",
    leaseDurationSeconds: 30,
    leaseTransitions: 1,
    acquireTime: "2026-01-01T00:00:00.000000Z",
    renewTime: "2026-01-01T00:00:10.100000Z",
    strategy: "OldestEmulationVersion",
  });
  assert.equal(stage.terms.length, 1);
});

Deno.test("a leader that cannot renew stops at its deadline, and competes again half a lease later", async () => {
  resetMetrics();
  const stage = new Stage().start();
  stage.at(6_000, () => stage.api.frozenUntil = 31_000);
  await stage.until(24_999);
  const [first] = stage.terms;
  assert.ok(first !== undefined);
  // Its last renewal was sent at 5 s.
  assert.equal(first.term.demand().epoch, 1);
  assert.equal(stage.election.isLeading, true);
  await stage.until(25_000);
  assert.throws(() => first.term.demand(), LeadershipLostError);
  assert.ok(first.term.signal.reason instanceof LeadershipLostError);
  assert.equal(stage.election.isLeading, false);
  const { api_error: failures = 0, ...others } = await metrics();
  assert.deepEqual(others, { acquired: 1, lost: 1, renew_deadline_exceeded: 1 });
  assert.ok(failures > 0);

  // What it had sent is written when the server goes on, at 31 s. Seen at 40 s, it is waited for.
  await stage.until(69_999);
  assert.equal(stage.terms.length, 1);
  await stage.until(70_000);
  assert.deepEqual(stage.terms.map(({ epoch }) => epoch), [1, 2]);
});

/** What is done to the lease of a leader. */
const LOSSES: readonly (readonly [string, (stage: Stage) => void])[] = [
  ["somebody else takes it", ({ api }) => api.put(leaseWith(OTHERS))],
  ["somebody takes it away", ({ api }) => api.put(leaseWith({ ...OTHERS, holderIdentity: "" }))],
  [
    "somebody with the same name takes it",
    ({ api }) => api.put(leaseWith({ ...OTHERS, holderIdentity: "a" })),
  ],
  ["somebody deletes it", ({ api }) => api.delete()],
];

for (const [what, act] of LOSSES) {
  Deno.test(`a leader stops as soon as it sees that ${what}`, async () => {
    resetMetrics();
    const stage = new Stage().start().at(5_500, () => act(stage));
    await stage.until(10_500);
    assert.throws(() => stage.terms[0]?.term.demand(), LeadershipLostError);
    const { lost, lost_lease_during_renew } = await metrics();
    assert.deepEqual([lost, lost_lease_during_renew], [1, 1]);
  });
}

Deno.test("epochs go on where a lease was deleted", async () => {
  const stage = new Stage();
  stage.api.put(leaseWith({ holderIdentity: "", leaseTransitions: 6 }));
  await stage.start().at(7_000, () => stage.api.delete()).until(60_000);
  assert.deepEqual(stage.terms.map(({ epoch }) => epoch), [8, 9]);
});

Deno.test("nobody competes while what it led has not ended, and then for half a lease", async () => {
  const stage = new Stage();
  stage.start(async ({ signal }) => {
    await endOf(signal);
    await stage.machine.sleep(100_000);
  });
  // Nobody's: it could be taken at once.
  stage.at(5_500, () => stage.api.put(leaseWith({ ...OTHERS, holderIdentity: "" })));
  await stage.until(124_999);
  assert.equal(stage.terms.length, 1);
  await stage.until(126_000);
  assert.equal(stage.terms.length, 2);
});

Deno.test("what fails because its term is over does not end the election", async () => {
  const stage = new Stage();
  stage.start(async ({ signal }) => {
    await endOf(signal);
    throw new Error("a call was broken off");
  });
  stage.at(5_500, () => stage.api.put(leaseWith(OTHERS)));
  await stage.until(60_000);
  assert.equal(stage.terms.length, 2);
  assert.equal(stage.outcome, undefined);
});
