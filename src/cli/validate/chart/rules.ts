/**
 * Alerts that are defined, in files of rules or in a chart's PrometheusRules.
 * Source: Prometheus documentation, "Alerting rules"; Prometheus operator, "PrometheusRule".
 *
 * @module
 */
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { readTextFile } from "../../text_file.ts";
import type { Rendering } from "./renderings.ts";

/** An alert. */
export interface AlertRule {
  readonly alert: string;
  readonly expression: string;
}

const GROUPS = z.looseObject({
  groups: z.array(z.looseObject({
    rules: z.array(z.looseObject({
      alert: z.string().optional(),
      expr: z.union([z.string(), z.number()]).transform(String),
    })).nullish(),
  })).nullish(),
}).transform(({ groups }): readonly AlertRule[] =>
  (groups ?? []).flatMap(({ rules }) =>
    (rules ?? []).flatMap(({ alert, expr }) =>
      alert === undefined ? [] : [{ alert, expression: expr }]
    )
  )
);

/**
 * The alerts of a file, or of the YAML files in a directory. Files with other things in them, such as
 * tests of rules, have none.
 *
 * @throws {Error} whose message begins with the path and says what is wrong with it
 */
export async function readRules(path: string): Promise<readonly AlertRule[]> {
  const rules: AlertRule[] = [];
  for (const file of await filesAt(path)) {
    rules.push(...await readTextFile(file, (text) => GROUPS.parse(parse(text) ?? {})));
  }
  return rules;
}

/** The alerts of the PrometheusRules of renderings. */
export function rulesIn(renderings: readonly Rendering[]): readonly AlertRule[] {
  return renderings.flatMap(({ objects }) =>
    objects.filter(({ kind }) => kind === "PrometheusRule").flatMap(({ spec }) =>
      GROUPS.parse(spec ?? {})
    )
  );
}

async function filesAt(path: string): Promise<readonly string[]> {
  if (!(await Deno.stat(path)).isDirectory) return [path];
  const files: string[] = [];
  for await (const { name, isFile } of Deno.readDir(path)) {
    if (isFile && /\.ya?ml$/.test(name)) files.push(join(path, name));
  }
  return files.sort();
}
