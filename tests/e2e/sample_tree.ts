import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { dirname, join, relative } from "node:path";

const MIB = 1024 * 1024;

/** Names that clients escape in ways of their own, an empty file, and one beyond a part's size. */
const SAMPLE_FILES: Readonly<Record<string, number>> = {
  "empty": 0,
  "plain.txt": 1_000,
  "with space/and + plus.txt": 2_000,
  "percent %41 & ampersand.bin": 3_000,
  "ünïcödé/日本語.txt": 4_000,
  "emoji 🦀.bin": 5_000,
  "deep/er/and/deeper/still.bin": 300_000,
  "large.bin": 12 * MIB + 345,
};

/** How old the files say they are: S3 tells whole seconds, so younger ones may look changed. */
const AGE = 60_000;

/** Writes a tree of random files that is new each time. */
export async function writeSampleTree(directory: string): Promise<void> {
  for (const [name, size] of Object.entries(SAMPLE_FILES)) {
    const path = join(directory, name);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeFile(path, randomBytes(size));
    await Deno.utime(path, new Date(Date.now() - AGE), new Date(Date.now() - AGE));
  }
}

/** Fails unless both directories hold the same files with the same bytes. */
export async function assertSameTree(actual: string, expected: string): Promise<void> {
  assert.deepEqual(await digests(actual), await digests(expected));
}

/** Size and SHA-256 of every file under a directory, by its path there. */
async function digests(root: string): Promise<Record<string, string>> {
  const found: [string, string][] = [];
  for await (const path of files(root)) {
    const bytes = await Deno.readFile(path);
    const digest = createHash("sha256").update(bytes).digest("hex");
    found.push([relative(root, path), `${bytes.length} ${digest}`]);
  }
  return Object.fromEntries(found.sort(([a], [b]) => a < b ? -1 : 1));
}

/** Every file under a directory. */
export async function* files(directory: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory) yield* files(path);
    else yield path;
  }
}
