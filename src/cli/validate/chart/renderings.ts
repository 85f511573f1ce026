/**
 * What `helm template` has made of a chart. It is read, never made: this program starts no other.
 *
 * @module
 */
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { z } from "zod";

/** An object as a chart renders it. Of the rest, whoever looks at it knows the form. */
export type Manifest = z.infer<typeof MANIFEST>;

/** All that one run of `helm template` has made. */
export interface Rendering {
  /** Path. */
  readonly name: string;
  readonly objects: readonly Manifest[];
}

const MANIFEST = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string().optional(),
    labels: z.record(z.string(), z.string()).nullish(),
  }).optional(),
});

const LIST = z.looseObject({ kind: z.string().endsWith("List"), items: z.array(MANIFEST) });

/** No chart of one program comes near. Bytes, files, directories below one another. */
const [LARGEST_FILE, MOST_FILES, DEEPEST] = [8 * 1024 * 1024, 512, 16];

/**
 * Reads renderings. A file is one; in a directory each file is one, and each directory, as
 * `helm template --output-dir` makes it, is one.
 *
 * @throws {Error} whose message begins with the path and says what is wrong with it
 */
export async function readRenderings(path: string): Promise<readonly Rendering[]> {
  const { isDirectory } = await statOf(path);
  if (!isDirectory) return [await readRendering(path, [path])];
  const renderings: Rendering[] = [];
  for (const name of await namesIn(path)) {
    const each = join(path, name);
    const inside = (await statOf(each)).isDirectory;
    if (!inside && !isYaml(name)) continue;
    renderings.push(await readRendering(each, inside ? await filesUnder(each) : [each]));
  }
  if (renderings.length === 0) throw new Error(`${path}: there is no YAML file in it`);
  return renderings;
}

/**
 * Reads the objects of a text with any number of YAML documents.
 *
 * @throws {Error} that says what is wrong with it
 */
export function readManifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(error.message.split("\n", 1)[0]);
    const value: unknown = document.toJS();
    if (value === null || value === undefined) return [];
    const list = LIST.safeParse(value);
    if (list.success) return list.data.items;
    const manifest = MANIFEST.safeParse(value);
    if (manifest.success) return [manifest.data];
    throw new Error("one of its documents is no Kubernetes object");
  });
}

async function readRendering(name: string, paths: readonly string[]): Promise<Rendering> {
  const objects: Manifest[] = [];
  for (const path of paths) {
    if ((await statOf(path)).size > LARGEST_FILE) {
      throw new Error(`${path}: has more than ${LARGEST_FILE} bytes`);
    }
    try {
      objects.push(...readManifests(await Deno.readTextFile(path)));
    } catch (cause) {
      throw new Error(`${path}: ${cause instanceof Error ? cause.message : cause}`, { cause });
    }
  }
  return { name, objects };
}

async function filesUnder(directory: string, depth = 0): Promise<readonly string[]> {
  if (depth > DEEPEST) throw new Error(`${directory}: lies too deep`);
  const files: string[] = [];
  for (const name of await namesIn(directory)) {
    const path = join(directory, name);
    if ((await statOf(path)).isDirectory) files.push(...await filesUnder(path, depth + 1));
    else if (isYaml(name)) files.push(path);
  }
  return files;
}

async function namesIn(directory: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(directory)) {
    if (names.push(name) > MOST_FILES) throw new Error(`${directory}: has too many files`);
  }
  return names.sort();
}

async function statOf(path: string): Promise<Deno.FileInfo> {
  try {
    return await Deno.stat(path);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Error(`${path}: there is no such file`, { cause });
  }
}

function isYaml(name: string): boolean {
  return /\.ya?ml$/.test(name);
}
