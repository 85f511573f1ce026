/**
 * The files of a log: the one that is written to, and before it the segments that it was rotated
 * into, `PATH.seg-000001` and so on.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";

const SUFFIX = ".seg-";

/** Larger numbers could not be told from each other. */
const NUMBER = /^\d{1,15}$/;

/** A file of a log, open. */
export interface OpenLogFile {
  readonly file: Deno.FsFile;
  /** How many of the log's files come before it. */
  readonly ordinal: number;
  /** Nothing is written to it any more. */
  readonly isSegment: boolean;
}

/** The segments of a log, the oldest first. */
export async function segmentPaths(path: string): Promise<readonly string[]> {
  const prefix = `${basename(path)}${SUFFIX}`;
  const found: (readonly [number: number, path: string])[] = [];
  try {
    for await (const { name } of Deno.readDir(dirname(path))) {
      const number = name.startsWith(prefix) ? name.slice(prefix.length) : "";
      if (NUMBER.test(number)) found.push([Number(number), join(dirname(path), name)]);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.sort(([one], [other]) => one - other).map(([, segment]) => segment);
}

/**
 * The number of the next segment of a log.
 *
 * @throws {RangeError} where there is none after the last
 */
export async function nextSegmentNumber(path: string): Promise<number> {
  const last = (await segmentPaths(path)).at(-1);
  if (last === undefined) return 1;
  const next = Number(last.slice(last.lastIndexOf(SUFFIX) + SUFFIX.length)) + 1;
  if (NUMBER.test(String(next))) return next;
  throw new RangeError(`${last} is the last segment that there can be`);
}

/** Where the segment of that number goes. */
export function segmentPath(path: string, number: number): string {
  return `${path}${SUFFIX}${String(number).padStart(6, "0")}`;
}

/**
 * Opens the files of a log as they are now, one after the other; a rotation meanwhile changes
 * nothing. Each is closed when the next is asked for.
 *
 * @param first ordinal of the first one
 */
export async function* openFiles(path: string, first: number): AsyncGenerator<OpenLogFile> {
  using active = await openIfThere(path) ?? null;
  const inode = active === null ? undefined : (await active.stat()).ino;
  let ordinal = 0;
  for (const segment of await segmentPaths(path)) {
    if (ordinal >= first) {
      using file = await Deno.open(segment);
      // Rotated after it was opened under the log's name: what follows is newer.
      if (active !== null && (await file.stat()).ino === inode) break;
      yield { file, ordinal, isSegment: true };
    }
    ordinal++;
  }
  if (active !== null) yield { file: active, ordinal, isSegment: false };
}

async function openIfThere(path: string): Promise<Deno.FsFile | undefined> {
  try {
    return await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
