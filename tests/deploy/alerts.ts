/**
 * The alerts under `deploy/prometheus`, with their unit tests, as tests look at them.
 *
 * @module
 */
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { REPOSITORY } from "../harness/server.ts";

/** Where the files of rules are. */
export const RULES_DIRECTORY: string = join(REPOSITORY, "deploy/prometheus");

/** Where their unit tests are: `ALERT.test.yaml`. */
export const UNIT_TESTS_DIRECTORY: string = join(RULES_DIRECTORY, "tests");

const ALERT = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().regex(/^\d+m$/).optional(),
  labels: z.strictObject({
    severity: z.enum(["critical", "warning"]),
    component: z.enum(["rynxs-operator", "s3-proxy"]),
  }),
  annotations: z.strictObject({
    summary: z.string().regex(/^[A-Z][^.]{5,60}$/),
    description: z.string().min(40),
    runbook_url: z.url(),
  }),
});

/** An alert, with no more and no less in it than all of them have. */
export type Alert = z.infer<typeof ALERT>;

const RULES = z.strictObject({
  groups: z.array(z.strictObject({ name: z.string(), rules: z.array(ALERT) })),
});

/** A file of rules. */
export interface RulesFile {
  /** Its name in {@link RULES_DIRECTORY}. */
  readonly file: string;
  readonly text: string;
  readonly groups: z.infer<typeof RULES>["groups"];
}

/** All files of rules, by name. Throws where one has another form than Holdfast's rules have. */
export async function readRulesFiles(): Promise<readonly RulesFile[]> {
  const files = (await filesIn(RULES_DIRECTORY)).filter((file) => file.endsWith(".rules.yaml"));
  return await Promise.all(files.map(async (file) => {
    const text = await Deno.readTextFile(join(RULES_DIRECTORY, file));
    return { file, text, groups: RULES.parse(parse(text)).groups };
  }));
}

/** All alerts. */
export async function readAlerts(): Promise<readonly Alert[]> {
  const files = await readRulesFiles();
  return files.flatMap(({ groups }) => groups.flatMap(({ rules }) => rules));
}

const UNIT_TESTS = z.object({
  tests: z.array(z.object({
    name: z.string(),
    alert_rule_test: z.array(
      z.object({
        eval_time: z.string(),
        alertname: z.string(),
        exp_alerts: z.array(z.unknown()),
      }),
    ),
  })),
});

/** The unit tests of an alert. */
export async function readUnitTests(alert: string): Promise<z.infer<typeof UNIT_TESTS>["tests"]> {
  const text = await Deno.readTextFile(join(UNIT_TESTS_DIRECTORY, `${alert}.test.yaml`));
  return UNIT_TESTS.parse(parse(text)).tests;
}

/** Names of the files in a directory, sorted. */
export async function filesIn(directory: string): Promise<readonly string[]> {
  const entries = await Array.fromAsync(Deno.readDir(directory));
  return entries.filter(({ isFile }) => isFile).map(({ name }) => name).sort();
}
