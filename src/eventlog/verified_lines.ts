/**
 * The records in the files of a log, verified as they are read.
 *
 * @module
 */
import { LineError, readLines } from "./lines.ts";
import { segmentPaths } from "./segments.ts";
import type { StoredRecord } from "./stored_record.ts";
import { LogFault, type LogVerifier } from "./verifier.ts";

/** A record that is right, and where the next one begins. */
export interface VerifiedLine {
  readonly record: StoredRecord;
  readonly end: number;
}

/** The lines of all files of a log as they are now; a rotation meanwhile changes nothing. */
export async function* allLines(path: string, verifier: LogVerifier): AsyncGenerator<VerifiedLine> {
  using active = await openIfThere(path) ?? null;
  const inode = active === null ? undefined : (await active.stat()).ino;
  for (const segment of await segmentPaths(path)) {
    using file = await Deno.open(segment);
    // Rotated after it was opened under the log's name: what follows is newer.
    if ((await file.stat()).ino === inode) break;
    yield* linesOf(file, 0, verifier);
  }
  if (active !== null) yield* linesOf(active, 0, verifier);
}

async function openIfThere(path: string): Promise<Deno.FsFile | undefined> {
  try {
    return await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * The records of a file from `begin` on, each verified.
 *
 * @throws {LogFault}
 */
export async function* linesOf(
  file: Deno.FsFile,
  begin: number,
  verifier: LogVerifier,
): AsyncGenerator<VerifiedLine> {
  try {
    for await (const { text, end } of readLines(file, begin)) {
      yield { record: verifier.accept(text), end };
    }
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    const { nextSeq } = verifier.position;
    throw new LogFault(nextSeq, "malformed", "a record", error.message);
  }
}
