import assert from "node:assert/strict";
import type { LeaseObject } from "../../../src/operator/kinds.ts";
import {
  heldLease,
  isClaimedBy,
  microTime,
  newLease,
  recordOf,
  releasedLease,
} from "../../../src/operator/lease/lease_record.ts";

/** A lease as client-go leaves it, with a field that only other programs know. */
const HELD = {
  ...newLease({ namespace: "n", name: "l" }),
  spec: {
    holderIdentity: "a",
    leaseDurationSeconds: 15,
    acquireTime: "2026-01-01T00:00:00.000001Z",
    renewTime: "2026-01-01T00:00:10.000002Z",
    leaseTransitions: 3,
    strategy: "OldestEmulationVersion",
  },
};

const CLAIM = { holder: "a", transitions: 3, acquireTime: "2026-01-01T00:00:00.000001Z" };

/** What is in a lease, and what it says. */
const RECORDS: readonly (readonly [string, unknown, unknown])[] = [
  ["one that is held", HELD.spec, {
    holder: "a",
    duration: 15_000,
    transitions: 3,
    acquireTime: "2026-01-01T00:00:00.000001Z",
    renewTime: "2026-01-01T00:00:10.000002Z",
  }],
  [
    "one that was given back",
    { holderIdentity: "", leaseDurationSeconds: 1, leaseTransitions: 3 },
    {
      holder: "",
      duration: 1_000,
      transitions: 3,
      acquireTime: null,
      renewTime: null,
    },
  ],
  ...[undefined, {}, { holderIdentity: null, leaseTransitions: null }].map((spec) =>
    [`${JSON.stringify(spec)}`, spec, {
      holder: "",
      duration: 0,
      transitions: 0,
      acquireTime: null,
      renewTime: null,
    }] as const
  ),
];

function leaseWith(spec: unknown): LeaseObject {
  return JSON.parse(JSON.stringify({ ...HELD, spec }));
}

for (const [what, spec, expected] of RECORDS) {
  Deno.test(`what a lease says: ${what}`, () => {
    assert.deepEqual(recordOf(leaseWith(spec)), expected);
  });
}

for (
  const spec of [{ holderIdentity: 1 }, { leaseTransitions: "1" }, { leaseDurationSeconds: 0.5 }]
) {
  Deno.test(`no lease: ${JSON.stringify(spec)}`, () => {
    assert.throws(() => recordOf(leaseWith(spec)));
  });
}

/** What is changed of a lease, and whether it is still the same taking of it. */
const CLAIMED: readonly (readonly [string, Readonly<Record<string, unknown>>, boolean])[] = [
  ["nothing", {}, true],
  ["a renewal", { renewTime: "2026-01-01T00:00:12.000000Z" }, true],
  ["another holder", { holderIdentity: "b" }, false],
  ["the same holder, who took it again", { leaseTransitions: 4 }, false],
  ["somebody with the same name", { acquireTime: "2026-01-01T00:00:00.000002Z" }, false],
  ["nobody", { holderIdentity: "" }, false],
];

for (const [what, change, expected] of CLAIMED) {
  Deno.test(`a claim ${expected ? "stands" : "does not stand"}: ${what}`, () => {
    assert.equal(isClaimedBy(recordOf(leaseWith({ ...HELD.spec, ...change })), CLAIM), expected);
  });
}

Deno.test("taking and renewing a lease keep what they do not know, and never write a shorter time", () => {
  const claim = { holder: "b", transitions: 4, acquireTime: "2026-01-02T00:00:00.000000Z" };
  assert.deepEqual(heldLease(HELD, claim, 14_001, "2026-01-02T00:00:01.000000Z"), {
    ...HELD,
    spec: {
      holderIdentity: "b",
      leaseDurationSeconds: 15,
      acquireTime: "2026-01-02T00:00:00.000000Z",
      renewTime: "2026-01-02T00:00:01.000000Z",
      leaseTransitions: 4,
      strategy: "OldestEmulationVersion",
    },
  });
});

Deno.test("a lease that is given back is nobody's, for a second, and counts on", () => {
  const now = "2026-01-02T00:00:00.000000Z";
  assert.deepEqual(releasedLease(HELD, now).spec, {
    holderIdentity: "",
    leaseDurationSeconds: 1,
    acquireTime: now,
    renewTime: now,
    leaseTransitions: 3,
    strategy: "OldestEmulationVersion",
  });
});

Deno.test("times have six digits of a second, as MicroTime", () => {
  const time = Date.UTC(2006, 0, 2, 15, 4, 5, 7);
  assert.equal(microTime(time), "2006-01-02T15:04:05.007000Z");
  assert.equal(microTime(time, 42), "2006-01-02T15:04:05.007042Z");
});
