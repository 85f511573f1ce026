import assert from "node:assert/strict";
import { Deadline } from "../../../src/operator/kube/deadline.ts";

/** A signal that counts who listens to it. */
function countedSignal() {
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  const listen = signal.addEventListener.bind(signal);
  signal.addEventListener = (type: string, listener: EventListener) => {
    listeners.add(listener);
    listen(type, listener);
  };
  signal.removeEventListener = (_type: string, listener: unknown) => listeners.delete(listener);
  return { signal, listeners };
}

Deno.test("a deadline leaves nothing behind with a signal that outlives it", () => {
  const { signal, listeners } = countedSignal();
  {
    using _deadline = new Deadline(60_000, signal);
    assert.equal(listeners.size, 1);
  }
  assert.equal(listeners.size, 0);
});

Deno.test("a failure after the time is over is explained by that, one before by itself", async () => {
  using early = new Deadline(60_000);
  const failure = new TypeError("fetch failed", { cause: new Error("connection refused") });
  const explained = early.explain("GET /", failure);
  assert(explained instanceof Error);
  assert.deepEqual([explained.name, explained.message, explained.cause], [
    "KubeUnreachableError",
    "GET /: connection refused",
    failure,
  ]);
  using late = new Deadline(1);
  await new Promise((resolve) => late.signal.addEventListener("abort", resolve, { once: true }));
  const message = "GET /: nothing came within 1 ms";
  assert.equal(Object(late.explain("GET /", failure)).message, message);
});

Deno.test("time that was over before the caller gave up is still over", async () => {
  const controller = new AbortController();
  using deadline = new Deadline(60_000, controller.signal);
  controller.abort(new Error("no longer needed"));
  deadline.restart(1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(deadline.isOver, false);
  assert.equal(deadline.explain("GET /", new Error("aborted")), controller.signal.reason);
});
