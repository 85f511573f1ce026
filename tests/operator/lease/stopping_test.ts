import assert from "node:assert/strict";
import { LeadershipLostError } from "../../../src/operator/term.ts";
import { endOf, leaseWith, metrics, resetMetrics, Stage } from "./stage.ts";

Deno.test("asked to stop, it renews until what it leads has ended, and then gives the lease back", async () => {
  resetMetrics();
  const stage = new Stage();
  const demanded: number[] = [];
  stage.start(async (term) => {
    await stage.machine.sleep(16_000);
    demanded.push(term.demand().epoch);
  });
  await stage.stopAt(9_000).until(15_999);
  assert.equal(stage.spec?.renewTime, "2026-01-01T00:00:15.000000Z");
  assert.equal(stage.outcome, undefined);
  await stage.until(16_000);
  assert.deepEqual(demanded, [1]);
  assert.deepEqual(stage.outcome, { at: 16_000 });
  assert.deepEqual(stage.spec, {
    holderIdentity: "",
    leaseDurationSeconds: 1,
    acquireTime: "2026-01-01T00:00:16.000000Z",
    renewTime: "2026-01-01T00:00:16.000000Z",
    leaseTransitions: 0,
  });
  assert.throws(() => stage.terms[0]?.term.demand(), LeadershipLostError);
  assert.deepEqual(await metrics(), { acquired: 1, lost: 1 });
});

Deno.test("what takes too long to end is ended with its term, and the lease given back after it", async () => {
  const stage = new Stage().start(({ signal }) => endOf(signal));
  await stage.stopAt(1_000).until(8_999);
  assert.equal(stage.spec?.holderIdentity, "a");
  await stage.until(9_000);
  assert.deepEqual(stage.outcome, { at: 9_000 });
  assert.equal(stage.spec?.holderIdentity, "");
});

Deno.test("the lease of what does not end at all is left to expire", async () => {
  const stage = new Stage().start(() => endOf(new AbortController().signal));
  await stage.stopAt(1_000).until(17_000);
  assert.deepEqual(stage.outcome, { at: 17_000 });
  assert.equal(stage.spec?.holderIdentity, "a");
  assert.throws(() => stage.terms[0]?.term.demand(), LeadershipLostError);
});

Deno.test("giving back goes on where somebody has written beside it, and leaves what is another's", async () => {
  const touched = new Stage().start().stopAt(7_000);
  touched.at(6_000, () => touched.api.put(touched.api.stored()));
  await touched.until(8_000);
  assert.equal(touched.spec?.holderIdentity, "");

  const taken = new Stage().start().stopAt(7_000);
  taken.at(6_000, () => taken.api.put(leaseWith({ holderIdentity: "b", leaseTransitions: 1 })));
  await taken.until(8_000);
  assert.equal(taken.spec?.holderIdentity, "b");
  for (const { outcome } of [touched, taken]) assert.ok(outcome !== undefined);
});

Deno.test("it ends although the API server does not answer", async () => {
  const stage = new Stage().start().stopAt(7_000);
  stage.at(6_000, () => stage.api.frozenUntil = 1e9);
  await stage.until(27_000);
  assert.ok(stage.outcome !== undefined);
});

Deno.test("asked to stop while it takes a lease, it gives back what it may have taken", async () => {
  const stage = new Stage();
  stage.callsFrom(0, "fine", "answer lost").start().stopAt(5_000);
  await stage.until(9_999);
  assert.equal(stage.spec?.holderIdentity, "a");
  await stage.until(10_000);
  assert.deepEqual(stage.outcome, { at: 10_000 });
  assert.equal(stage.spec?.holderIdentity, "");
  assert.deepEqual(stage.terms, []);
});

Deno.test("asked to stop before it leads, it writes nothing", async () => {
  const stage = new Stage();
  stage.api.put(leaseWith({ holderIdentity: "b", leaseDurationSeconds: 30 }));
  await stage.start().stopAt(12_000).until(12_000);
  assert.deepEqual(stage.outcome, { at: 12_000 });
  assert.deepEqual(stage.spec, { holderIdentity: "b", leaseDurationSeconds: 30 });
});

Deno.test("what fails while it leads gives the lease back and ends the election with its fault", async () => {
  const stage = new Stage();
  const fault = new Error("a fault");
  await stage.start(() => Promise.reject(fault)).until(0);
  assert.deepEqual(stage.outcome, { at: 0, error: fault });
  assert.equal(stage.spec?.holderIdentity, "");
});

Deno.test("what ends by itself gives the lease back, and leads again after half a lease", async () => {
  const stage = new Stage();
  await stage.start(() => Promise.resolve()).until(0);
  assert.equal(stage.spec?.holderIdentity, "");
  await stage.until(15_000);
  assert.deepEqual(stage.terms.map(({ epoch, at }) => [epoch, at]), [[1, 0], [2, 15_000]]);
});
