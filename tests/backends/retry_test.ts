import assert from "node:assert/strict";
import { BackendError } from "../../src/backends/backend.ts";
import { isPassing, retrying } from "../../src/backends/retry.ts";

const passing = new BackendError("unavailable", "b", "later");
const policy = { attempts: 4, baseDelay: 0, maxDelay: 0, random: () => 1 };

/** Throws the faults, one per call, and then answers how often it was called. */
function failing(...faults: readonly unknown[]): () => Promise<number> {
  let calls = 0;
  return () => {
    const fault = faults[calls++];
    return fault === undefined ? Promise.resolve(calls) : Promise.reject(fault);
  };
}

Deno.test("retrying tries again until it succeeds, as often as its policy says", async () => {
  const attempt = (count: number) =>
    retrying(failing(...Array(count).fill(passing)), undefined, isPassing, policy);
  assert.equal(await attempt(0), 1);
  assert.equal(await attempt(3), 4);
  await assert.rejects(attempt(4), (error) => error === passing);
});

Deno.test("retrying throws at once what no later attempt would change", async () => {
  const faults = [
    new Error("a defect"),
    new BackendError("rejected", "b", "no"),
    new BackendError("not-found", "b", "no"),
    new BackendError("unavailable", "b", "no answer within 30 s", { code: "Timeout" }),
  ];
  for (const fault of faults) {
    await assert.rejects(retrying(failing(fault), undefined), (error) => error === fault);
  }
});

Deno.test("retrying stops when the signal aborts, also while it waits", async () => {
  const reason = new Error("enough");
  const isReason = (error: unknown) => error === reason;
  await assert.rejects(retrying(failing(passing), AbortSignal.abort(reason)), isReason);
  const stop = new AbortController();
  const endless = { attempts: 2, baseDelay: 1e6, maxDelay: 1e6, random: () => 1 };
  const waiting = retrying(failing(passing), stop.signal, isPassing, endless);
  await Promise.resolve();
  stop.abort(reason);
  await assert.rejects(waiting, isReason);
});
