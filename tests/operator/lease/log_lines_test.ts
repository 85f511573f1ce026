import assert from "node:assert/strict";
import { configureSync, type LogRecord, resetSync } from "@logtape/logtape";
import { leaseWith, Stage } from "./stage.ts";

Deno.test("there is one line for the beginning of a term, and one for its end", async () => {
  const records: LogRecord[] = [];
  configureSync({
    reset: true,
    sinks: { kept: (record) => records.push(record) },
    loggers: [
      { category: ["holdfast"], lowestLevel: "info", sinks: ["kept"] },
      { category: ["logtape"], lowestLevel: "error", sinks: ["kept"] },
    ],
  });
  try {
    const stage = new Stage().start();
    const others = { holderIdentity: "b", leaseDurationSeconds: 30, leaseTransitions: 1 };
    stage.at(5_500, () => stage.api.put(leaseWith(others)));
    stage.stopAt(60_000);
    await stage.until(60_000);
  } finally {
    resetSync();
  }
  const facts = { identity: "a", lease: "n/l" };
  assert.deepEqual(
    records.map(({ level, message, properties }) => [level, message.join(""), properties]),
    [
      ["info", "Acquired leadership", { ...facts, epoch: 1 }],
      ["warning", "Lost leadership", { ...facts, epoch: 1, reason: "lost_lease_during_renew" }],
      ["info", "Acquired leadership", { ...facts, epoch: 3 }],
      ["info", "Lost leadership", { ...facts, epoch: 3, reason: "released" }],
    ],
  );
});
