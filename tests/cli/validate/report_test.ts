import assert from "node:assert/strict";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import type { Check } from "../../../src/cli/validate/check.ts";
import { failed, type Finding, notApplicable, passed } from "../../../src/cli/validate/finding.ts";
import { jsonReport } from "../../../src/cli/validate/report/json.ts";
import { junitReport } from "../../../src/cli/validate/report/junit.ts";
import { type Report, signOffOf } from "../../../src/cli/validate/report/sign_off.ts";
import { textReport } from "../../../src/cli/validate/report/text.ts";

function check(number: string, id: string): Check {
  return { number, id, objective: `Whether ${id} is so.`, remedy: `Mend ${id}.`, parts: [] };
}

function reportOf(...findings: readonly Finding[]): Report {
  return {
    occasion: {
      at: new Date("2026-03-04T05:06:07Z"),
      by: "ada",
      version: "1.2.3",
      cluster: "https://k",
      namespace: "rynxs",
      log: "s3://b/events",
    },
    outcomes: findings.map((finding, index) => ({
      check: check(String(index + 9), ["first", "second-one", "third"][index]!),
      took: 1_500,
      ...finding,
    })),
    leftOut: [check("S1", "smoke")],
  };
}

const MIXED = reportOf(
  passed("all <good>"),
  failed("it is \u001b[31mbroken\nmake it with\n  helm template a-very-long-command-to-be-copied", [
    "seen",
  ]),
  notApplicable("there is none"),
);

Deno.test("a deployment is approved when nothing failed and something passed", () => {
  const none = notApplicable("none");
  assert.equal(signOffOf(reportOf(passed(), none)).approved, true);
  assert.equal(signOffOf(reportOf(none)).approved, false);
  const { approved, counts, risks } = signOffOf(MIXED);
  assert.deepEqual([approved, counts], [false, { pass: 1, fail: 1, "not-applicable": 1 }]);
  assert.deepEqual(risks.slice(0, 3), [
    "Failed: second-one.",
    "Not looked at: third, for there is none.",
    "Left out of this run: smoke.",
  ]);
  assert.ok(risks.length > 3);
});

Deno.test("the table is aligned, breaks lines between words, and leaves commands whole", () => {
  const lines = textReport(MIXED, { width: 60, hasColours: false });
  assert.deepEqual(lines.slice(0, 13), [
    "#   CHECK       RESULT  WHAT WAS SEEN",
    "9   first       pass    Whether first is so.",
    "                        seen: all <good>",
    "10  second-one  FAIL    Whether second-one is so.",
    "                        seen: seen",
    "                        why: it is \\u001b[31mbroken",
    "                        make it with",
    "                          helm template a-very-long-command-to-be-copied",
    "                        do: Mend second-one.",
    "11  third       n/a     Whether third is so.",
    "                        note: there is none",
    "",
    "sign-off   NOT approved",
  ]);
  for (
    const fact of [
      "checks     1 passed, 1 failed, 1 not applicable",
      "date       2026-03-04T05:06:07.000Z",
      "by         ada",
      "cluster    https://k",
      "namespace  rynxs",
      "log        s3://b/events",
      "version    holdfast 1.2.3",
      "risks      Failed: second-one.",
    ]
  ) assert.ok(lines.includes(fact), fact);
  const narrow = textReport(reportOf(passed("one two three four five six seven eight nine ten")), {
    width: 20,
    hasColours: false,
  });
  assert.ok(narrow.includes(`${" ".repeat(18)}seen: one two three four five`), narrow.join("\n"));
});

Deno.test("colours are around words only where they are wanted", () => {
  const coloured = textReport(MIXED, { hasColours: true }).join("\n");
  assert.ok(coloured.includes("second-one  \x1b[31mFAIL\x1b[0m  "));
  assert.ok(coloured.includes("\x1b[32mpass\x1b[0m"));
  assert.ok(coloured.includes("\x1b[31mNOT approved\x1b[0m"));
  assert.ok(!textReport(MIXED, { hasColours: false }).join("\n").includes("\x1b"));
});

Deno.test("what is to be signed fits the terminal, too", () => {
  const lines = textReport(MIXED, { width: 60, hasColours: false });
  const signed = lines.slice(lines.indexOf(""));
  assert.ok(signed.some((line) => line.length > 50));
  for (const line of signed) assert.ok(line.length <= 60, line);
});

Deno.test("JSON has every check with its verdict, and what to do only where it failed", () => {
  const { checks, ...rest } = JSON.parse(jsonReport(MIXED));
  assert.deepEqual(checks[1], {
    number: "10",
    id: "second-one",
    objective: "Whether second-one is so.",
    verdict: "fail",
    seen: ["seen"],
    reasons: MIXED.outcomes[1]!.reasons,
    remedy: "Mend second-one.",
    seconds: 1.5,
  });
  assert.ok(!("remedy" in checks[0]) && !("remedy" in checks[2]));
  const { approved, left_out, date, by, version, cluster, namespace, log } = rest;
  assert.deepEqual([approved, left_out, date, by], [
    false,
    ["smoke"],
    "2026-03-04T05:06:07.000Z",
    "ada",
  ]);
  assert.deepEqual([version, cluster, namespace, log], [
    "1.2.3",
    "https://k",
    "rynxs",
    "s3://b/events",
  ]);
});

Deno.test("JUnit's report is XML with the failure and what was skipped", () => {
  const text = junitReport(MIXED);
  assert.equal(XMLValidator.validate(text), true);
  const read = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "@" }).parse(text);
  const { testsuite } = read.testsuites;
  assert.deepEqual(
    ["@tests", "@failures", "@skipped", "@errors", "@time"].map((name) => testsuite[name]),
    ["3", "1", "1", "0", "4.500"],
  );
  const [first, second, third] = testsuite.testcase;
  assert.deepEqual([first["@name"], first["system-out"]], ["9 first", "all <good>"]);
  assert.ok(!("failure" in first) && !("skipped" in first));
  assert.equal(second.failure["@message"], "it is \\u001b[31mbroken");
  assert.match(
    second.failure["#text"],
    /^Whether second-one is so\.\nit is [^]*\nMend second-one\.$/,
  );
  assert.equal(third.skipped["@message"], "there is none");
});
