/**
 * Writes what the chart has from elsewhere: the table of its values in its README, and its copies of
 * the alerts, since Helm reads nothing outside of a chart. With `--check` it only says whether they
 * are up to date, and exits with 1 when they are not.
 *
 * @module
 */
import { parse } from "yaml";
import { z } from "zod";

const CHART = new URL("./holdfast/", import.meta.url);
const RULES = new URL("../prometheus/", import.meta.url);

/** Between these lines of the README the table is. */
const [START, END] = ["<!-- generated: values -->\n", "<!-- end: values -->"];

/** Wide tables are not worth the white space that the formatter would give them. */
const [IGNORE_START, IGNORE_END] = [
  "<!-- deno-fmt-ignore-start -->",
  "<!-- deno-fmt-ignore-end -->",
];

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
}

const schema: z.ZodType<Schema> = z.lazy(() =>
  z.object({
    description: z.string().optional(),
    properties: z.record(z.string(), schema).optional(),
  })
);

/** A value of the chart: its path, what it is by default, and what it means. */
export interface ChartValue {
  readonly path: string;
  /** `undefined` where values.yaml leaves it out. */
  readonly standard: unknown;
  readonly meaning: string;
}

/** Every value that the chart's schema knows. */
export async function chartValues(): Promise<readonly ChartValue[]> {
  const [text, defaults] = await Promise.all(
    ["values.schema.json", "values.yaml"].map((name) => Deno.readTextFile(new URL(name, CHART))),
  );
  return valuesOf(schema.parse(JSON.parse(text!)), parse(defaults!), []);
}

/** What each generated file should have in it, by its URL. */
export async function generated(): Promise<ReadonlyMap<string, string>> {
  const readme = new URL("README.md", CHART);
  const files = new Map([[readme.href, await withTable(await Deno.readTextFile(readme))]]);
  for await (const { name } of Deno.readDir(RULES)) {
    if (!name.endsWith(".rules.yaml")) continue;
    files.set(
      new URL(`files/${name}`, CHART).href,
      await Deno.readTextFile(new URL(name, RULES)),
    );
  }
  return files;
}

function valuesOf(node: Schema, standard: unknown, path: readonly string[]): ChartValue[] {
  if (node.properties === undefined) {
    return [{ path: path.join("."), standard, meaning: node.description ?? "" }];
  }
  return Object.entries(node.properties).flatMap(([name, child]) =>
    valuesOf(child, entryOf(standard, name), [...path, name])
  );
}

function entryOf(value: unknown, name: string): unknown {
  return value instanceof Object ? new Map(Object.entries(value)).get(name) : undefined;
}

async function withTable(readme: string): Promise<string> {
  const [from, to] = [readme.indexOf(START), readme.indexOf(END)];
  if (from < 0 || to < from) throw new Error("the chart's README lacks the markers of its values");
  const rows = (await chartValues()).filter(({ path }) => path !== "global").map(row);
  const table = ["| value | default | |", "|---|---|---|", ...rows];
  const lines = [IGNORE_START, "", ...table, "", IGNORE_END];
  return readme.slice(0, from + START.length) + `\n${lines.join("\n")}\n\n` + readme.slice(to);
}

function row({ path, standard, meaning }: ChartValue): string {
  const shown = standard === undefined || standard === null
    ? ""
    : `\`${JSON.stringify(standard).replaceAll("|", "\\|")}\``;
  return `| \`${path}\` | ${shown} | ${meaning.replaceAll("|", "\\|")} |`;
}

if (import.meta.main) {
  const check = Deno.args.includes("--check");
  for (const [href, text] of await generated()) {
    const url = new URL(href);
    if (await Deno.readTextFile(url).catch(() => "") === text) continue;
    if (check) {
      console.error(`${url.pathname} is not up to date: deno run deploy/helm/generate.ts`);
      Deno.exit(1);
    }
    await Deno.writeTextFile(url, text);
  }
}
