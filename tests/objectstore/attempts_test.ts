import assert from "node:assert/strict";
import { waitAfter } from "../../src/backends/retry.ts";
import { attemptsOf, policyOf } from "../../src/objectstore/attempts.ts";
import {
  ObjectStoreError,
  type ObjectStoreErrorKind,
} from "../../src/objectstore/object_store_error.ts";

Deno.test("between attempts lie 2 to 10 s, of which the longest doubles", () => {
  const waits = (random: number) =>
    [1, 2, 3, 4].map((tried) => waitAfter(tried, { ...policyOf(), random: () => random }));
  assert.deepEqual(waits(0), [2_000, 2_000, 2_000, 2_000]);
  assert.deepEqual(waits(1), [4_000, 8_000, 10_000, 10_000]);
  assert.equal(policyOf().attempts, 3);
});

Deno.test("what may pass is tried three times, and nothing else more than once", async () => {
  const expected: Readonly<Record<ObjectStoreErrorKind, number>> = {
    NotFound: 1,
    AccessDenied: 1,
    PreconditionFailed: 1,
    Throttled: 3,
    Unavailable: 3,
    Refused: 1,
  };
  const attempting = attemptsOf({ leastDelay: 0, mostDelay: 0 });
  const counted: Record<string, number> = {};
  for (const kind of Object.keys(expected) as ObjectStoreErrorKind[]) {
    const error = new ObjectStoreError(kind, "no", { code: "X" });
    let calls = 0;
    const failing = () => {
      calls++;
      return Promise.reject(error);
    };
    await assert.rejects(attempting(failing, undefined), (thrown) => thrown === error);
    counted[kind] = calls;
  }
  assert.deepEqual(counted, expected);
});

Deno.test("nothing is sent for somebody who has given up already", async () => {
  const reason = new Error("enough");
  const never = () => Promise.reject(new Error("it was sent"));
  await assert.rejects(
    attemptsOf()(never, AbortSignal.abort(reason)),
    (error) => error === reason,
  );
});
