import assert from "node:assert/strict";
import type { Check, Part } from "../../../src/cli/validate/check.ts";
import { CHECKS } from "../../../src/cli/validate/checks.ts";
import { chooseChecks, namesIn } from "../../../src/cli/validate/choose_checks.ts";
import {
  failed,
  type Finding,
  notApplicable,
  passed,
  together,
} from "../../../src/cli/validate/finding.ts";
import { runChecks } from "../../../src/cli/validate/run_checks.ts";
import { pause } from "../../../src/cli/validate/until_given_up.ts";
import { contextOf } from "./told_cluster.ts";

const check = (id: string, ...parts: readonly Part[]): Check => ({
  id,
  number: id,
  objective: "",
  remedy: "",
  parts,
});

const NEVER = new AbortController().signal;

Deno.test("a check with a fail in it fails, and one with a pass in it passes", () => {
  const [pass, fail, none] = [passed("seen"), failed("broken"), notApplicable("nothing there")];
  const cases: readonly (readonly [readonly Finding[], Finding["verdict"]])[] = [
    [[pass, none], "pass"],
    [[none, none], "not-applicable"],
    [[pass, fail, none], "fail"],
  ];
  for (const [findings, verdict] of cases) assert.equal(together(findings).verdict, verdict);
  assert.deepEqual(together([pass, pass, none, none]), {
    verdict: "pass",
    seen: ["seen"],
    reasons: ["nothing there"],
  });
});

Deno.test("parts run in their turn: before a deployment, what makes something to see, the rest", async () => {
  const ran: string[] = [];
  const part = (name: string, more: Partial<Part> = {}): Part => ({
    phase: "post",
    run: () => {
      ran.push(name);
      return Promise.resolve(passed(name));
    },
    ...more,
  });
  const checks = [
    check("a", part("a-post"), part("a-pre", { phase: "pre" })),
    check("b", part("b-first", { goesFirst: true })),
  ];
  const outcomes = await runChecks(checks, contextOf(), NEVER);
  assert.deepEqual(ran, ["a-pre", "b-first", "a-post"]);
  assert.deepEqual(outcomes.map(({ seen }) => seen), [["a-post", "a-pre"], ["b-first"]]);
});

Deno.test("what throws, and what takes too long, is a fail with its reason", async () => {
  const checks = [
    check("throws", { phase: "pre", run: () => Promise.reject(new Error("no answer")) }),
    check("hangs", {
      phase: "pre",
      limit: () => 10,
      run: async (_, signal) => {
        await pause(600_000, signal);
        return passed();
      },
    }),
    check("goes on", { phase: "pre", run: () => Promise.resolve(passed()) }),
  ];
  const outcomes = await runChecks(checks, contextOf(), NEVER);
  assert.deepEqual(outcomes.map(({ verdict, reasons }) => [verdict, ...reasons]), [
    ["fail", "no answer"],
    ["fail", "not done within 0.01 s"],
    ["pass"],
  ]);
});

Deno.test("who gives up waits for what has begun to clean up, and begins nothing else", async () => {
  const controller = new AbortController();
  const done: string[] = [];
  const checks = [
    check("begun", {
      phase: "pre",
      run: async (_, signal) => {
        try {
          controller.abort(new Error("given up"));
          await pause(600_000, signal);
          return passed();
        } finally {
          await Promise.resolve();
          done.push("cleaned up");
        }
      },
    }),
    check("next", {
      phase: "pre",
      run: () => {
        done.push("next");
        return Promise.resolve(passed());
      },
    }),
  ];
  await assert.rejects(runChecks(checks, contextOf(), controller.signal), /given up/);
  assert.deepEqual(done, ["cleaned up"]);
});

const BOTH = new Set(["pre", "post"] as const);

Deno.test("the checklist has ten checks and a smoke test of four steps, each with its own name", () => {
  assert.deepEqual(
    CHECKS.map(({ number }) => number),
    ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "S1", "S2", "S3", "S4"],
  );
  assert.equal(new Set(CHECKS.map(({ id }) => id)).size, CHECKS.length);
});

Deno.test("checks are chosen by id and number, in lists and over and over", () => {
  const ids = (only: readonly string[], skip: readonly string[] = [], phases = BOTH) =>
    chooseChecks(CHECKS, { phases, only: namesIn(only), skip: namesIn(skip) })
      .checks.map(({ id }) => id);
  assert.deepEqual(ids(["7, pdb", "1"]), ["bucket-policy", "pdb", "single-writer"]);
  assert.deepEqual(ids(["s1,S2"]), ["smoke-leader", "smoke-events"]);
  assert.deepEqual(ids(["1,2"], ["zone-spread"]), ["bucket-policy"]);
  assert.equal(ids([], ["1"]).length, CHECKS.length - 1);
});

Deno.test("a phase has the checks with parts in it", () => {
  const numbers = (phase: "pre" | "post") => {
    const { checks, leftOut } = chooseChecks(CHECKS, {
      phases: new Set([phase]),
      only: [],
      skip: [],
    });
    assert.equal(checks.length + leftOut.length, CHECKS.length);
    for (const { parts } of checks) for (const part of parts) assert.equal(part.phase, phase);
    return checks.map(({ number }) => number);
  };
  assert.deepEqual(numbers("pre"), ["1", "2", "3", "4", "5", "6", "7"]);
  assert.deepEqual(numbers("post"), ["2", "3", "4", "5", "8", "9", "10", "S1", "S2", "S3", "S4"]);
});

Deno.test("a name that no check has, and no check at all, is a misuse", () => {
  const choose = (only: readonly string[], skip: readonly string[] = []) => () =>
    chooseChecks(CHECKS, { phases: BOTH, only, skip });
  assert.throws(choose(["11"]), /there is no check "11"; there are 1 bucket-policy, /);
  assert.throws(choose([], ["smoke"]), /there is no check "smoke"/);
  assert.throws(choose(["1"], ["1"]), /no check is left to run/);
});
