/**
 * The files of a log, looked at from outside.
 *
 * @module
 */
import { endOfLastLine } from "../../eventlog/lines.ts";
import { segmentPaths } from "../../eventlog/segments.ts";

/**
 * Sees to it that a log in a file is there.
 *
 * @throws {Error} where it is not
 */
export async function demandLogFile(path: string): Promise<void> {
  // Right after a rotation a log has segments only.
  if (await sizeOf(path) !== undefined || (await segmentPaths(path)).length > 0) return;
  throw new Error(`${path}: there is no such log`);
}

/** How many bytes the files of a log have. */
export async function logFileBytes(path: string): Promise<number> {
  const sizes = await Promise.all([...await segmentPaths(path), path].map(sizeOf));
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

/**
 * How many bytes stand behind the last whole line of a log's file: they are being written this
 * moment, or a crash has left them.
 */
export async function unfinishedBytes(path: string): Promise<number> {
  if (await sizeOf(path) === undefined) return 0;
  using file = await Deno.open(path);
  const { size } = await file.stat();
  return Math.max(0, size - await endOfLastLine(file, 0));
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
