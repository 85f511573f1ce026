/**
 * Proofs that can be handed round as a text: the place of an entry, what proves that it is there, and
 * the checkpoint of the log.
 * Source: C2SP tlog-proof (https://c2sp.org/tlog-proof).
 *
 * @module
 */
import { fromBase64, fromDecimal, toBase64 } from "./bytes.ts";
import { LONGEST_NOTE, NoteError } from "./note.ts";

/** A proof, as its text says it. */
export interface LogProof {
  /** Of the entry. */
  readonly index: number;
  /** Hashes beside the entry's way to the root, from the entry on; 32 bytes each. */
  readonly hashes: readonly Uint8Array[];
  /** The checkpoint as the log gave it: a signed note. */
  readonly note: string;
  /** Nobody vouches for it. */
  readonly extra?: Uint8Array;
}

const FIRST_LINE = "c2sp.org/tlog-proof@v1";

const [EXTRA, INDEX] = ["extra ", "index "];

const HASH_LENGTH = 32;

/** Trees are at most this high. */
const MOST_HASHES = 63;

/** Longest text that is read, in UTF-16 units. */
const LONGEST_PROOF = 2 * LONGEST_NOTE;

/** Writes a proof. */
export function proofText({ index, hashes, note, extra }: LogProof): string {
  return [
    FIRST_LINE,
    ...extra === undefined ? [] : [EXTRA + toBase64(extra)],
    INDEX + index,
    ...hashes.map(toBase64),
    "",
    note,
  ].join("\n");
}

/**
 * Reads a proof; verifies nothing.
 *
 * @throws {NoteError}
 */
export function parseProof(text: string): LogProof {
  if (text.length > LONGEST_PROOF) throw new NoteError("the proof is too long");
  const end = text.indexOf("\n\n");
  const [first, ...lines] = text.slice(0, Math.max(end, 0)).split("\n");
  if (first !== FIRST_LINE) throw new NoteError(`a proof begins with ${FIRST_LINE}`);
  const extra = lines[0]?.startsWith(EXTRA) ? extraData(lines.shift() ?? "") : undefined;
  const indexLine = lines.shift() ?? "";
  const index = indexLine.startsWith(INDEX)
    ? fromDecimal(indexLine.slice(INDEX.length))
    : undefined;
  if (index === undefined) throw new NoteError("the proof does not say the index of the entry");
  if (lines.length > MOST_HASHES) throw new NoteError("the proof has too many hashes");
  const note = text.slice(end + 2);
  return { index, hashes: lines.map(hash), note, ...extra && { extra } };
}

function extraData(line: string): Uint8Array {
  const bytes = fromBase64(line.slice(EXTRA.length));
  if (bytes === undefined) throw new NoteError("the extra data of the proof is not base64");
  return bytes;
}

function hash(line: string): Uint8Array {
  const bytes = fromBase64(line);
  if (bytes?.length === HASH_LENGTH) return bytes;
  throw new NoteError("the proof has a line that is no hash");
}
