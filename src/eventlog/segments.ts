/**
 * The files of a log: the one that is written to, and before it the segments that it was rotated
 * into, `PATH.seg-000001` and so on.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";

const SUFFIX = ".seg-";

/** The segments of a log, the oldest first. */
export async function segmentPaths(path: string): Promise<readonly string[]> {
  const prefix = `${basename(path)}${SUFFIX}`;
  const found: (readonly [number: number, path: string])[] = [];
  for await (const { name } of Deno.readDir(dirname(path))) {
    const number = name.startsWith(prefix) ? name.slice(prefix.length) : "";
    if (/^\d+$/.test(number)) found.push([Number(number), join(dirname(path), name)]);
  }
  return found.sort(([one], [other]) => one - other).map(([, segment]) => segment);
}

/** Where the next segment of a log goes. */
export async function nextSegmentPath(path: string): Promise<string> {
  const last = (await segmentPaths(path)).at(-1);
  const number = last === undefined
    ? 0
    : Number(last.slice(last.lastIndexOf(SUFFIX) + SUFFIX.length));
  return `${path}${SUFFIX}${String(number + 1).padStart(6, "0")}`;
}
