import assert from "node:assert/strict";
import { leaseWith, metrics, resetMetrics, Stage } from "./stage.ts";
import type { Fate } from "./simulated_api.ts";

const HELD = { holderIdentity: "b", leaseDurationSeconds: 30, leaseTransitions: 4 };

/** What is in the lease at first; in which epoch, and when at the latest, somebody new leads. */
const FIRST:
  readonly (readonly [string, Parameters<typeof leaseWith>[0] | null, number, number])[] = [
    ["no lease", null, 1, 0],
    ["one that was given back", { ...HELD, holderIdentity: "", leaseDurationSeconds: 1 }, 6, 0],
    ["one without a holder", {}, 2, 0],
    ["one without a spec", undefined, 2, 0],
    ["one without a duration", { holderIdentity: "b" }, 2, 0],
    ["one of somebody who does not come back", HELD, 6, 30_000],
    ["one of somebody with a shorter duration", { ...HELD, leaseDurationSeconds: 7 }, 6, 7_000],
    [
      "one with a renew time long ago",
      { ...HELD, renewTime: "2020-01-01T00:00:00.000000Z" },
      6,
      30_000,
    ],
    [
      "one with a renew time in the future",
      { ...HELD, renewTime: "2999-01-01T00:00:00.000000Z" },
      6,
      30_000,
    ],
    ["one in our own name, of before a restart", { ...HELD, holderIdentity: "a" }, 6, 30_000],
  ];

for (const [what, spec, epoch, at] of FIRST) {
  Deno.test(`a lease is taken: ${what}`, async () => {
    const stage = new Stage();
    if (spec !== null) stage.api.put(leaseWith(spec));
    await stage.start().until(at);
    assert.deepEqual(stage.terms.map((noted) => [noted.epoch, noted.at]), [[epoch, at]]);
    assert.equal(stage.spec?.holderIdentity, "a");
    assert.equal(stage.spec?.leaseTransitions, epoch - 1);
    assert.equal(stage.spec?.leaseDurationSeconds, 30);
  });
}

Deno.test("a lease that goes on changing is left alone, and taken when it does not any more", async () => {
  const stage = new Stage();
  stage.api.put(leaseWith(HELD));
  for (let renewal = 1; renewal <= 10; renewal++) {
    const renewTime = `2026-01-01T00:00:${10 + renewal}.000000Z`;
    stage.at(renewal * 20_000, () => stage.api.put(leaseWith({ ...HELD, renewTime })));
  }
  await stage.start().until(229_999);
  assert.deepEqual(stage.terms, []);
  await stage.until(235_000);
  assert.deepEqual(stage.terms.map(({ epoch }) => epoch), [6]);
});

/** Which calls of a candidate go wrong; when it leads all the same. The first call reads the lease. */
const TROUBLES: readonly (readonly [readonly Fate[], number, Readonly<Record<string, number>>])[] =
  [
    // 10 s until it is given up, and a retry period.
    [["fine", "answer lost"], 15_000, { api_error: 1 }],
    [["fine", "request lost"], 15_000, { api_error: 1 }],
    [["fine", "failed after"], 5_000, { api_error: 1 }],
    [["failed before"], 5_000, { api_error: 1 }],
    [["fine", "conflict"], 100, {}],
    [["fine", "conflict", "fine", "conflict", "fine", "conflict"], 700, {}],
    [
      ["fine", "conflict", "fine", "conflict", "fine", "conflict", "fine", "conflict"],
      5_700,
      { conflict_retries_exhausted: 1 },
    ],
    [["fine", "conflict", "failed before"], 5_100, { api_error_during_retry: 1 }],
    // What an earlier attempt has written unheard is found by the next one.
    [["fine", "answer lost", "failed before"], 20_000, { api_error: 2 }],
    [["fine", "answer lost", "fine", "failed after"], 20_000, { api_error: 2 }],
  ];

for (const lease of ["no lease", "a lease of somebody who is gone"]) {
  for (const [fates, at, failures] of TROUBLES) {
    Deno.test(`${lease} is taken once, although: ${fates.join(", ")}`, async () => {
      resetMetrics();
      const stage = new Stage();
      const isThere = lease !== "no lease";
      if (isThere) stage.api.put(leaseWith({ ...HELD, holderIdentity: "" }));
      stage.callsFrom(0, ...fates).start();
      await stage.until(25_000);
      const epoch = isThere ? 6 : 1;
      assert.deepEqual(stage.terms.map((term) => [term.epoch, term.at]), [[epoch, at]]);
      assert.equal(stage.spec?.leaseTransitions, epoch - 1);
      assert.deepEqual(await metrics(), { ...failures, acquired: 1, leads: 1 });
    });
  }
}

Deno.test("who loses the race for a lease counts that, and waits for it to expire", async () => {
  resetMetrics();
  const stage = new Stage();
  stage.callsFrom(0, "fine", "conflict").start();
  stage.at(50, () => stage.api.put(leaseWith(HELD)));
  await stage.until(30_099);
  assert.deepEqual(stage.terms, []);
  assert.deepEqual(await metrics(), { lost_takeover_race: 1 });
  await stage.until(30_100);
  assert.deepEqual(stage.terms.map(({ epoch }) => epoch), [6]);
});

Deno.test("what was written unheard is nobody's any more once somebody else has written", async () => {
  const stage = new Stage();
  stage.callsFrom(0, "fine", "answer lost").start();
  stage.at(5_000, () => stage.api.put(leaseWith({ ...HELD, leaseTransitions: 0 })));
  await stage.until(44_000);
  assert.deepEqual(stage.terms, []);
  await stage.until(45_000);
  assert.deepEqual(stage.terms.map(({ epoch }) => epoch), [2]);
});

Deno.test("the token of a term is what is in the lease", async () => {
  const stage = new Stage();
  await stage.start().until(0);
  const { resourceVersion } = stage.api.stored<ReturnType<typeof leaseWith>>()?.metadata ?? {};
  assert.deepEqual(stage.terms[0]?.term.demand(), {
    holder_identity: "a",
    resource_version: resourceVersion,
    renew_time: stage.spec?.renewTime,
    epoch: 1,
  });
  assert.match(stage.spec?.renewTime ?? "", /^2026-01-01T00:00:00\.000000Z$/);
  assert.match(stage.spec?.acquireTime ?? "", /^2026-01-01T00:00:00\.000000Z$/);
});

Deno.test("it says when the API server was last heard of, also where it refused", async () => {
  const stage = new Stage();
  stage.api.put(leaseWith(HELD));
  const started = stage.machine.now();
  await stage.callsFrom(0, "request lost", "failed before").start().until(14_999);
  assert.equal(stage.election.lastActivity, started);
  await stage.until(15_000);
  assert.ok(stage.election.lastActivity > started + 14_000);
});
