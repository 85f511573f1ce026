import assert from "node:assert/strict";
import { SYSTEM_CLOCK } from "../../../src/operator/lease/election_clock.ts";
import { within } from "../../../src/operator/lease/within.ts";

Deno.test("sleep ends with its time, and leaves nothing behind", async () => {
  const before = SYSTEM_CLOCK.now();
  await SYSTEM_CLOCK.sleep(5, new AbortController().signal);
  assert.ok(SYSTEM_CLOCK.now() > before);
});

Deno.test("sleep ends when its signal is aborted, before it or while it lasts", async () => {
  await SYSTEM_CLOCK.sleep(60_000, AbortSignal.abort());
  const { signal, abort } = aborter();
  const sleep = SYSTEM_CLOCK.sleep(60_000, signal);
  abort(undefined);
  await sleep;
});

/** Ends with the reason of its signal, whatever else happens. */
function hang(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

function aborter() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: (reason: unknown) => controller.abort(reason) };
}

Deno.test("a call is ended when its time is over", async () => {
  await assert.rejects(within({ clock: SYSTEM_CLOCK, limit: 5 }, hang), /no answer within 5 ms/);
});

Deno.test("a call is ended with what it is part of, and for the same reason", async () => {
  const reason = new Error("over");
  const { signal, abort } = aborter();
  const bounds = { clock: SYSTEM_CLOCK, limit: 60_000, outer: signal };
  const call = within(bounds, hang);
  abort(reason);
  await assert.rejects(call, reason);
  await assert.rejects(within(bounds, hang), reason);
});

Deno.test("a call that ends in time gives what it gives", async () => {
  assert.equal(await within({ clock: SYSTEM_CLOCK, limit: 60_000 }, () => Promise.resolve(1)), 1);
});
