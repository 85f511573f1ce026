/**
 * What the program is made of: the modules it starts with, and the packages that they need. Tests and
 * tools need more; none of that is shipped.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** Where the program's files are. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** A package of npm that the program needs. */
export interface ProgramPackage {
  /** As deno.lock names it: `NAME@VERSION`, and what it was resolved with. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** Its directory in `node_modules/.deno`. */
  readonly directory: string;
  /** Ids of those that it needs itself. */
  readonly dependencies: readonly string[];
}

const graph = z.object({
  modules: z.array(z.object({ npmPackage: z.string().optional() })),
  npmPackages: z.record(
    z.string(),
    z.object({
      name: z.string(),
      version: z.string(),
      dependencies: z.array(z.string()),
      localPath: z.string().optional(),
    }),
  ),
});

/** Where a module is started as a Worker. */
const WORKER = /new Worker\(\s*new URL\("(\.[^"]+)", import\.meta\.url\)/g;

/** Paths of the modules that are started as Workers, which no import leads to, from the root. */
export async function workerModules(): Promise<readonly string[]> {
  const found = new Set<string>();
  for await (const path of sources("src")) {
    const text = await Deno.readTextFile(join(ROOT, path));
    for (const [, target] of text.matchAll(WORKER)) found.add(join(path, "..", target!));
  }
  return [...found].sort();
}

/**
 * Packages that the program and its Workers need, by their ids.
 *
 * @throws {Error} where `deno info` cannot follow an import
 */
export async function programPackages(): Promise<ReadonlyMap<string, ProgramPackage>> {
  const needed = new Map<string, ProgramPackage>();
  for (const entry of ["main.ts", ...await workerModules()]) {
    const { modules, npmPackages } = graph.parse(JSON.parse(await info(entry)));
    const waiting = modules.flatMap(({ npmPackage }) => npmPackage ?? []);
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      const found = npmPackages[id];
      if (found === undefined || needed.has(id)) continue;
      const { name, version, dependencies, localPath = "" } = found;
      const directory = localPath.split("/node_modules/.deno/")[1]?.split("/")[0] ?? "";
      needed.set(id, { id, name, version, directory, dependencies });
      waiting.push(...dependencies);
    }
  }
  return needed;
}

async function* sources(directory: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(join(ROOT, directory))) {
    const path = join(directory, entry.name);
    if (entry.isDirectory) yield* sources(path);
    else if (path.endsWith(".ts")) yield path;
  }
}

async function info(entry: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--frozen", entry],
    cwd: ROOT,
    stdout: "piped",
    stderr: "piped",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (!success) throw new Error(`deno info ${entry} failed:\n${err}`);
  return out!;
}
