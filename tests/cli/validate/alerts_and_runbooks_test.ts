import assert from "node:assert/strict";
import { alertsAndRunbooks } from "../../../src/cli/validate/checks/alerts_and_runbooks.ts";
import { readManifests } from "../../../src/cli/validate/chart/renderings.ts";
import { sectionAbout } from "../../../src/cli/validate/chart/runbook.ts";
import { inDirectory } from "../holdfast.ts";
import { found } from "./told_cluster.ts";

const ALERT = "RynxsEventStoreErrorsHigh";

const groups = (expression: string) =>
  `groups: [{ name: g, rules: [{ record: r, expr: 1 }, { alert: ${ALERT}, expr: "${expression}" }] }]`;

const RULES = groups("rate(rynxs_s3_put_errors_total[5m])\\n  > 0.05");

const RUNBOOK = `# Alerts

## Another

| \`NetworkError\` | x |

## ${ALERT}

### Diagnosis

\`\`\`sh
# Not a heading: Resolution
\`\`\`

### Resolution

| error | what |
| --- | --- |
| **AccessDenied** | x |
| \`PreconditionFailed\` | x |
| NoSuchBucket | x |

## Last

### Diagnosis
`;

async function judge(rules: string, runbook: string) {
  let finding;
  await inDirectory(async (directory) => {
    await Deno.mkdir(`${directory}/rules`);
    await Deno.mkdir(`${directory}/runbooks`);
    await Deno.writeTextFile(`${directory}/rules/a.rules.yaml`, rules);
    await Deno.writeTextFile(`${directory}/rules/a.test.yaml`, "tests: []");
    await Deno.writeTextFile(`${directory}/runbooks/first.md`, "# Nothing of the sort\n");
    await Deno.writeTextFile(`${directory}/runbooks/operator.md`, runbook);
    const paths = { rules: `${directory}/rules`, runbooks: `${directory}/runbooks` };
    finding = await found(alertsAndRunbooks, "pre", paths);
  });
  return finding!;
}

Deno.test("an alert with its runbook passes, however its expression is set", async () => {
  const rate = "rate(rynxs_s3_put_errors_total[5m]) > 0.05";
  for (const rules of [RULES, groups(`(${rate}0)`), groups(`count(${rate})`)]) {
    const { verdict, reasons } = await judge(rules, RUNBOOK);
    assert.deepEqual([verdict, reasons], ["pass", []]);
  }
});

const FAULTS: readonly (readonly [what: string, rules: string, runbook: string, RegExp])[] = [
  [
    "no such alert",
    "groups: []",
    RUNBOOK,
    /RynxsEventStoreErrorsHigh is not among 0 alerts of/,
  ],
  [
    "another rate",
    groups("rate(rynxs_s3_put_errors_total[1h]) > 0.05"),
    RUNBOOK,
    /\[1h\].*, not rate/,
  ],
  [
    "a threshold that begins the same",
    groups("rate(rynxs_s3_put_errors_total[5m]) > 0.0599"),
    RUNBOOK,
    /> 0\.0599, not rate/,
  ],
  [
    "a condition that never holds",
    groups("rate(rynxs_s3_put_errors_total[5m]) > 0.05 and vector(0) > 1"),
    RUNBOOK,
    /vector\(0\) > 1, not rate/,
  ],
  ["a sum in place of each", groups("sum(rate(x[5m])) > 0.05"), RUNBOOK, /is sum\(rate/],
  ["no runbook", RULES, RUNBOOK.replace(ALERT, "Other"), /no runbook under .* is about Rynxs/],
  ["no diagnosis", RULES, RUNBOOK.replace("Diagnosis", "Thoughts"), /has no diagnosis/],
  ["no row for an error", RULES, RUNBOOK.replace("AccessDenied", "x"), /no row for AccessDenied/],
];

for (const [what, rules, runbook, reason] of FAULTS) {
  Deno.test(`alerts-and-runbooks fails for ${what}`, async () => {
    const { verdict, reasons } = await judge(rules, runbook);
    assert.equal(verdict, "fail");
    assert.match(reasons.join("\n"), reason);
  });
}

Deno.test("without files of rules, those of the chart count; without runbooks it fails", async () => {
  const objects = readManifests(
    `apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec:\n  ${RULES}\n`,
  );
  const { seen, reasons } = await found(alertsAndRunbooks, "pre", {
    renderings: [{ name: "r", objects }],
  });
  assert.match(seen.join(), /RynxsEventStoreErrorsHigh: rate/);
  assert.deepEqual(reasons, ["there are no runbooks; name them by --runbooks"]);
});

Deno.test("sectionAbout ends where the next heading of its level begins", () => {
  assert.deepEqual(sectionAbout(RUNBOOK, ALERT)?.titles, ["Diagnosis", "Resolution"]);
  assert.deepEqual(sectionAbout(RUNBOOK, "Another"), { titles: [], rows: ["`NetworkError`"] });
  assert.equal(sectionAbout(RUNBOOK, "Alert"), undefined);
});
