/**
 * Makes one file of the program: `dist/holdfast`, or `--output PATH`. Its permissions are baked in;
 * it can neither start programs nor load native code. `--no-check` leaves types unchecked.
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { programPackages, ROOT, workerModules } from "./program_graph.ts";

/** What the program may do: everything that `deno task holdfast` may, and nothing else. */
export const PERMISSIONS = ["--allow-net", "--allow-read", "--allow-write", "--allow-env"];

/** Young objects are collected early; CONTRIBUTING.md says what that brings. */
const V8_FLAGS = "--v8-flags=--max-semi-space-size=2";

/** Parts of packages that only their own tests read. */
const NOT_SHIPPED = ["node_modules/.deno/bintrees@1.0.2/node_modules/bintrees/test"];

/** Arguments of `deno` that make the program. */
export async function compileArguments(
  options: { readonly output: string; readonly check: boolean },
): Promise<readonly string[]> {
  const [workers, excluded] = await Promise.all([workerModules(), notNeeded()]);
  return [
    "compile",
    ...(options.check ? [] : ["--no-check"]),
    "--frozen",
    V8_FLAGS,
    ...PERMISSIONS,
    ...workers.flatMap((path) => ["--include", path]),
    ...[...NOT_SHIPPED, ...excluded].flatMap((path) => ["--exclude", path]),
    "--output",
    options.output,
    "main.ts",
  ];
}

/** What to tell somebody whose compiler said this; `undefined` where that says it all. */
export function advice(said: string): string | undefined {
  const url = said.match(/https:\/\/dl\.deno\.land\/\S+\.zip/)?.[0];
  if (url === undefined) return undefined;
  return [
    "The runtime that goes into the program could not be downloaded.",
    `Fetch ${url} on another machine, unpack it,`,
    "and name the file denort that is in it: DENORT_BIN=/path/to/denort deno task compile",
  ].join("\n");
}

/** Where packages are that only tests and tools need. A link to one leads nowhere then. */
async function notNeeded(): Promise<readonly string[]> {
  const needed = new Set([...(await programPackages()).values()].map(({ directory }) => directory));
  const paths: string[] = [];
  for await (const { name } of Deno.readDir(join(ROOT, "node_modules", ".deno"))) {
    const [, packageName] = name.match(/^(.+)@/) ?? [];
    if (packageName === undefined || needed.has(name)) continue;
    paths.push(`node_modules/.deno/${name}/node_modules/${packageName.replace("+", "/")}`);
  }
  return paths.sort();
}

/** @returns the exit code of the compiler */
async function compile(options: { output: string; check: boolean }): Promise<number> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...await compileArguments(options)],
    cwd: ROOT,
    stdin: "null",
    stdout: "inherit",
    stderr: "piped",
  }).output();
  const said = new TextDecoder().decode(stderr);
  console.error(said);
  if (code !== 0) console.error(advice(said) ?? "");
  return code;
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      output: { type: "string", default: "dist/holdfast" },
      "no-check": { type: "boolean", default: false },
    },
  });
  Deno.exit(await compile({ output: values.output, check: !values["no-check"] }));
}
