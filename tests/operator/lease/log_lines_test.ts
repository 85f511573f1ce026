import assert from "node:assert/strict";
import { captured } from "../captured_logs.ts";
import { leaseWith, Stage } from "./stage.ts";

Deno.test("there is one line for the beginning of a term, and one for its end", async () => {
  const records = await captured(async () => {
    const stage = new Stage().start();
    const others = { holderIdentity: "b", leaseDurationSeconds: 30, leaseTransitions: 1 };
    stage.at(5_500, () => stage.api.put(leaseWith(others)));
    stage.stopAt(60_000);
    await stage.until(60_000);
  });
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

Deno.test("an API server that fails for five minutes is worth a line for each way in which it fails", async () => {
  const records = await captured(async () => {
    const stage = new Stage().start();
    stage.callsFrom(10_000, ...Array(1_000).fill("failed before"));
    stage.stopAt(310_000);
    await stage.until(400_000);
  });
  const troubles = records.filter(({ message }) => message.join("").startsWith("could not"));
  const said = troubles.map(({ message, properties }) => [message.join(""), properties["error"]]);
  assert.deepEqual(said, [
    ["could not renew the lease of the leader", "failed before"],
    ["could not take the lease of the leader", "failed before"],
  ]);
});
