/**
 * Runs test files in several processes side by side, a few files in each: what one sets in its
 * environment is nothing to another, and every core has something to do. What a process prints is
 * printed when it has ended. Ends with 1 where any has failed.
 *
 * Files that measure the memory of a server have the machine to themselves, at first: beside others
 * it is collected later.
 *
 * `deno run … run_tests.ts [--chunk=N] [--ignore=DIR,…] [--alone=FILE,…] PATH… -- OPTIONS OF DENO TEST`
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";

/** How many files a process is given. */
const CHUNK = 8;

async function main(): Promise<number> {
  const { paths, chunk, alone, ignored, options } = readArguments(Deno.args);
  const files = (await Promise.all(paths.map((path) => testFiles(path, ignored)))).flat();
  if (files.length === 0) throw new Error(`no test files in ${paths.join(", ")}`);
  const beside = files.filter((file) => !alone.has(file));
  const chunks = Array.from(
    { length: Math.ceil(beside.length / chunk) },
    (_, index) => beside.slice(index * chunk, (index + 1) * chunk),
  );
  let failed = 0;
  for (const file of files.filter((file) => alone.has(file))) {
    if (!await runTests([file], options)) failed++;
  }
  const lane = async () => {
    for (let next = chunks.shift(); next !== undefined; next = chunks.shift()) {
      if (!await runTests(next, options)) failed++;
    }
  };
  await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, lane));
  return failed === 0 ? 0 : 1;
}

function readArguments(args: readonly string[]) {
  const end = args.indexOf("--");
  const [own, options] = end < 0 ? [args, []] : [args.slice(0, end), args.slice(end + 1)];
  const { values, positionals: paths } = parseArgs({
    args: [...own],
    allowPositionals: true,
    options: {
      alone: { type: "string" },
      chunk: { type: "string" },
      ignore: { type: "string" },
    },
  });
  const chunk = Number(values.chunk ?? CHUNK);
  if (!Number.isInteger(chunk) || chunk < 1) throw new Error("--chunk must be a number from 1 on");
  const [alone, ignored] = [new Set(values.alone?.split(",")), new Set(values.ignore?.split(","))];
  return { paths, chunk, alone, ignored, options };
}

/** The test files at a path, in the order of their names. */
async function testFiles(path: string, ignored: ReadonlySet<string>): Promise<readonly string[]> {
  if (ignored.has(path)) return [];
  if ((await Deno.stat(path)).isFile) return path.endsWith("_test.ts") ? [path] : [];
  const names = (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name).sort();
  return (await Promise.all(names.map((name) => testFiles(join(path, name), ignored)))).flat();
}

/** @returns whether all have passed */
async function runTests(files: readonly string[], options: readonly string[]): Promise<boolean> {
  // Types are checked for all files at once, by `deno task check`.
  const command = new Deno.Command(Deno.execPath(), {
    args: ["test", "--no-check", ...options, ...files],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await command.output();
  // At once, so that nothing of another process comes between.
  writeAll(Deno.stdout, stdout);
  writeAll(Deno.stderr, stderr);
  return success;
}

function writeAll(to: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += to.writeSync(bytes.subarray(written));
}

Deno.exit(await main());
