import type { LogObjects } from "../log_objects.ts";
import { type Checkpoint, openCheckpoint, parseCheckpoint } from "../verify/checkpoint.ts";
import { NoteError, parseNote, type VerifierKey } from "../verify/note.ts";
import { checkpointKey } from "./tile_path.ts";
import { TlogFault } from "./tlog_fault.ts";

/** The checkpoint of a published log, as it was read. */
export interface PublishedCheckpoint {
  readonly checkpoint: Checkpoint;
  /** The signed note. */
  readonly note: string;
  readonly etag: string;
}

/**
 * Reads the checkpoint of a published log.
 *
 * @param verifierKey who must have signed it, and whose log it must be; without one the signature is
 * not looked at
 * @returns `undefined` where nothing is published
 * @throws {TlogFault} where it is not what it ought to be
 */
export async function readCheckpoint(
  objects: LogObjects,
  prefix: string,
  verifierKey?: VerifierKey,
): Promise<PublishedCheckpoint | undefined> {
  const key = checkpointKey(prefix);
  const object = await objects.get(key);
  if (object === undefined) return undefined;
  try {
    const note = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(object.bytes);
    return { checkpoint: await checkpointOf(note, verifierKey), note, etag: object.etag };
  } catch (error) {
    if (!(error instanceof NoteError || error instanceof TypeError)) throw error;
    throw new TlogFault("checkpoint", key, error.message);
  }
}

async function checkpointOf(note: string, verifierKey?: VerifierKey): Promise<Checkpoint> {
  if (verifierKey === undefined) return parseCheckpoint(parseNote(note).text);
  const opened = await openCheckpoint(note, verifierKey);
  if (!opened.ok) throw new NoteError(opened.message);
  return opened.checkpoint;
}
