/**
 * The last checkpoint that somebody saw published, in a file of their own: what shows them that a log
 * was rolled back with all that belongs to it.
 *
 * @module
 */
import { syncDirectory, writeThrough } from "../../../eventlog/durable_write.ts";
import { openCheckpoint, type Tree, type VerifierKey } from "../../../eventlog/verify.ts";
import { readTextFile } from "../../text_file.ts";

/**
 * Reads it.
 *
 * @returns `undefined` where there is no such file yet
 * @throws {Error} where it is not a checkpoint of this log
 */
export async function rememberedTree(path: string, key: VerifierKey): Promise<Tree | undefined> {
  try {
    await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const opened = await openCheckpoint(await readTextFile(path, (text) => text), key);
  if (opened.ok) return opened.checkpoint;
  throw new Error(`${path}: ${opened.message}`);
}

/** Writes it, whole or not at all. */
export async function remember(path: string, note: string): Promise<void> {
  const unfinished = `${path}.unfinished-${crypto.randomUUID()}`;
  await writeThrough(unfinished, new TextEncoder().encode(note));
  await Deno.rename(unfinished, path);
  await syncDirectory(path);
}
