import assert from "node:assert/strict";
import { join } from "node:path";
import {
  type Alert,
  readAlerts,
  readRulesFiles,
  RULES_DIRECTORY,
  UNIT_TESTS_DIRECTORY,
} from "../deploy/alerts.ts";
import { toolPath } from "../harness/tools.ts";
import { run } from "./program.ts";

const PROMTOOL = await toolPath("promtool");
const ALERTS: readonly Alert[] = await readAlerts();

Deno.test("promtool finds nothing wrong with the rules", async () => {
  const files = await readRulesFiles();
  const paths = files.map(({ file }) => join(RULES_DIRECTORY, file));
  const { code, stdout, stderr } = await run(PROMTOOL, ["check", "rules", ...paths]);
  assert.equal(code, 0, stdout + stderr);
  const count = files.flatMap(({ groups }) => groups.flatMap(({ rules }) => rules)).length;
  const found = [...stdout.matchAll(/SUCCESS: (\d+) rules found/g)].map(([, rules]) => rules);
  assert.equal(found.reduce((sum, rules) => sum + Number(rules), 0), count);
});

for (const { alert } of ALERTS) {
  Deno.test(`${alert} fires and is silent as its unit tests say`, async () => {
    const { code, stdout, stderr } = await testRules(UNIT_TESTS_DIRECTORY, alert);
    assert.equal(code, 0, stdout + stderr);
  });
}

/** What can go wrong when somebody changes an alert, and has to be noticed. */
const MUTATIONS: Readonly<Record<string, (alert: Alert) => Alert | undefined>> = {
  "twice its threshold": (alert) => withThreshold(alert, 2),
  "half its threshold": (alert) => withThreshold(alert, 0.5),
  "no time to wait": ({ for: wait, ...alert }) => wait === undefined ? undefined : alert,
  "a minute less to wait": (alert) => withWait(alert, -1),
  "a minute more to wait": (alert) => withWait(alert, 1),
  "its comparison turned round": (alert) => turned(alert),
  "another severity": (alert) => ({
    ...alert,
    labels: { ...alert.labels, severity: other(alert) },
  }),
  "nothing behind its last `or`": ({ expr, ...alert }) =>
    /\bor\b/.test(expr) ? { ...alert, expr: expr.replace(/\bor\b[^"]*$/, "") } : undefined,
};

for (const alert of ALERTS) {
  Deno.test(`unit tests notice when ${alert.alert} is changed`, async (t) => {
    await using mutants = await writeMutants(alert);
    const { stdout, stderr } = await run(PROMTOOL, ["test", "rules", ...mutants.tests.values()]);
    const sections = stdout.split("Unit Testing: ").map((section) => section.trim());
    for (const [change, test] of mutants.tests) {
      await t.step(`to have ${change}`, () => {
        const section = sections.find((each) => each.startsWith(test)) ?? assert.fail(stdout);
        assert.doesNotMatch(section, /SUCCESS/);
      });
    }
    // Of a rule that it does not take, promtool tells something else.
    const failed = stderr.match(/FAILED:\n +name: .+\n +alertname: /g) ?? [];
    assert.equal(failed.length, mutants.tests.size, stderr);
  });
}

function testRules(directory: string, alert: string) {
  return run(PROMTOOL, ["test", "rules", join(directory, `${alert}.test.yaml`)]);
}

/** @returns nothing where the threshold is zero */
function withThreshold(alert: Alert, factor: number): Alert | undefined {
  const expr = alert.expr.replace(
    /> (\d+(?:\.\d+)?)\s*$/,
    (_, threshold) => `> ${Number(threshold) * factor}`,
  );
  return expr === alert.expr || /> 0$/.test(expr) ? undefined : { ...alert, expr };
}

function withWait(alert: Alert, minutes: number): Alert | undefined {
  if (alert.for === undefined) return undefined;
  return { ...alert, for: `${Number.parseInt(alert.for) + minutes}m` };
}

function turned(alert: Alert): Alert | undefined {
  const turns: Readonly<Record<string, string>> = { "==": "!=", ">": "<" };
  const expr = alert.expr.replace(/==|>(?= [\d.]+\s*$)/, (sign) => turns[sign] ?? sign);
  return expr === alert.expr ? undefined : { ...alert, expr };
}

function other({ labels }: Alert): Alert["labels"]["severity"] {
  return labels.severity === "critical" ? "warning" : "critical";
}

/** Writes a directory like that of the rules for each mutation of an alert, and says where its test is. */
async function writeMutants(alert: Alert) {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-alerts-" });
  const tests = new Map<string, string>();
  for (const [change, mutate] of Object.entries(MUTATIONS)) {
    const mutant = mutate(alert);
    if (mutant === undefined) continue;
    const place = join(directory, String(tests.size));
    await writeWith(mutant, place);
    tests.set(change, join(place, "tests", `${alert.alert}.test.yaml`));
  }
  return {
    tests,
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

async function writeWith(mutant: Alert, directory: string): Promise<void> {
  const tests = join(directory, "tests");
  await Deno.mkdir(tests, { recursive: true });
  for (const { file, groups } of await readRulesFiles()) {
    const changed = groups.map(({ name, rules }) => ({
      name,
      rules: rules.map((rule) => rule.alert === mutant.alert ? mutant : rule),
    }));
    // What is JSON is YAML.
    await Deno.writeTextFile(join(directory, file), JSON.stringify({ groups: changed }));
  }
  const test = `${mutant.alert}.test.yaml`;
  await Deno.copyFile(join(UNIT_TESTS_DIRECTORY, test), join(tests, test));
}
