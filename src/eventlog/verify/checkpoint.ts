/**
 * Checkpoints of a published log: its name, how many entries it has, and the root of the tree over
 * them, as a signed note.
 * Source: C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint).
 *
 * @module
 */
import { fromBase64, fromDecimal, toBase64 } from "./bytes.ts";
import type { Tree } from "./merkle.ts";
import { NoteError, parseNote, type VerifierKey, verifyNote } from "./note.ts";

/** What a log says of itself. */
export interface Checkpoint extends Tree {
  /** Name of the log. */
  readonly origin: string;
  /** Lines behind the root; what they mean is nobody's but the log's. */
  readonly extensions: readonly string[];
}

/** A checkpoint that has been verified, or why it was refused. */
export type OpenedCheckpoint =
  | { readonly ok: true; readonly checkpoint: Checkpoint }
  | { readonly ok: false; readonly reason: CheckpointFault; readonly message: string };

/** Why a checkpoint is refused. */
export type CheckpointFault =
  /** It is no checkpoint. */
  | "malformed-checkpoint"
  /** The key did not sign it. */
  | "unsigned"
  /** It says that the key signed it, but the signature is wrong. */
  | "forged-signature"
  /** It is another log's. */
  | "wrong-origin";

const HASH_LENGTH = 32;

/** The text that is signed. */
export function checkpointText({ origin, size, root, extensions }: Checkpoint): string {
  return [origin, size, toBase64(root), ...extensions, ""].join("\n");
}

/**
 * Reads the text that is signed.
 *
 * @throws {NoteError}
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, writtenSize, writtenRoot, ...extensions] = text.replace(/\n$/, "").split("\n");
  const size = fromDecimal(writtenSize ?? "");
  const root = fromBase64(writtenRoot ?? "");
  if (!origin || !text.endsWith("\n")) throw new NoteError("the checkpoint names no log");
  if (size === undefined) throw new NoteError("the checkpoint has no size in its second line");
  if (root?.length !== HASH_LENGTH) {
    throw new NoteError("the checkpoint has no root hash in its third line");
  }
  if (extensions.includes("")) throw new NoteError("the checkpoint has an empty line");
  return { origin, size, root, extensions };
}

/**
 * Verifies a checkpoint.
 *
 * @param note as the log gives it
 * @param origin the log that it must be of: by default, the one that the key is named after
 */
export async function openCheckpoint(
  note: string,
  key: VerifierKey,
  origin = key.name,
): Promise<OpenedCheckpoint> {
  try {
    const parsed = parseNote(note);
    const verdict = await verifyNote(parsed, key);
    if (verdict !== "verified") return refused[verdict];
    const checkpoint = parseCheckpoint(parsed.text);
    return checkpoint.origin === origin ? { ok: true, checkpoint } : {
      ok: false,
      reason: "wrong-origin",
      message: `the checkpoint is of the log ${checkpoint.origin}, not of ${origin}`,
    };
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    return { ok: false, reason: "malformed-checkpoint", message: error.message };
  }
}

const refused = {
  unsigned: {
    ok: false,
    reason: "unsigned",
    message: "the checkpoint is not signed by this key",
  },
  forged: {
    ok: false,
    reason: "forged-signature",
    message: "the signature of the checkpoint is wrong: it was not made by this key over this text",
  },
} as const;
