import assert from "node:assert/strict";
import { KubeUnreachableError } from "../../src/operator/kube/kube_error.ts";
import { TroubleLog } from "../../src/operator/trouble_log.ts";
import { captured } from "./captured_logs.ts";

const MINUTE = 60_000;

Deno.test("a trouble is worth a line when it is new, and every ten minutes", async () => {
  let now = 0;
  const troubles = new TroubleLog(() => now);
  const tell = (about: string, said: string) =>
    troubles.tell(about, { message: "it failed", error: new KubeUnreachableError(said) });
  const lines = await captured(() => {
    for (; now < 25 * MINUTE; now += MINUTE) tell("a", "nobody is there");
    tell("b", "nobody is there");
    tell("a", "it is full");
    troubles.over("a");
    tell("a", "it is full");
  });
  assert.deepEqual(lines.map(({ level, properties }) => [level, properties["error"]]), [
    ...Array(3).fill(["warning", "nobody is there"]),
    ["warning", "nobody is there"],
    ...Array(2).fill(["warning", "it is full"]),
  ]);
});

Deno.test("of a fault that nobody foresaw it is told where it comes from", async () => {
  const troubles = new TroubleLog();
  const faults = [new TypeError("it is no function"), new KubeUnreachableError("nobody is there")];
  const lines = await captured(() => {
    for (const error of faults) troubles.tell("a", { message: "it failed", error, level: "error" });
  });
  const told = lines.map(({ level, properties }) => [level, properties["error"] instanceof Error]);
  assert.deepEqual(told, [["error", true], ["error", false]]);
});
