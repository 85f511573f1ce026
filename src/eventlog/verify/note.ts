/**
 * Signed notes: a text, and who signed it.
 * Source: C2SP signed-note (https://c2sp.org/signed-note).
 *
 * @module
 */
import { fromBase64, isSame, joined, sha256, toBase64, toHex } from "./bytes.ts";

/** A text with its signatures, none of them verified. */
export interface Note {
  /** With the end of its last line; this is what is signed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** A line below a note. */
export interface NoteSignature {
  /** Of the key. */
  readonly name: string;
  /** 4 bytes. */
  readonly keyId: Uint8Array;
  /** 64 bytes for Ed25519. */
  readonly signature: Uint8Array<ArrayBuffer>;
}

/** The key that a note is verified with: of Ed25519. */
export interface VerifierKey {
  readonly name: string;
  /** 4 bytes. */
  readonly keyId: Uint8Array;
  /** 32 bytes. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
}

/** How the signatures of a note compare with a key. */
export type NoteVerdict =
  | "verified"
  /** None of them claims to be of this key. */
  | "unsigned"
  /** One that claims to be of this key is not. */
  | "forged";

/** A text that is no note, checkpoint, proof or verifier key. The message says why. */
export class NoteError extends Error {
  override readonly name = "NoteError";
}

/** Longest note that is read, in UTF-16 units. The largest signatures there are have 5 kB. */
export const LONGEST_NOTE = 262_144;

/** Most signatures of a note. */
export const MOST_SIGNATURES = 64;

/** The type of signature that Ed25519 over the text itself has. */
const ED25519 = 0x01;

const [KEY_ID_LENGTH, PUBLIC_KEY_LENGTH, SIGNATURE_LENGTH] = [4, 32, 64];

const BEFORE_SIGNATURE = "\u2014 ";

/** What names of keys have none of: spaces, as Unicode has them, and a plus. */
const KEY_NAME = /^[^\p{White_Space}+]+$/u;

/**
 * Reads a note.
 *
 * @throws {NoteError}
 */
export function parseNote(note: string): Note {
  if (note.length > LONGEST_NOTE) throw new NoteError("the note is too long");
  if (!note.isWellFormed() || Array.from(note).some(isForbidden)) {
    throw new NoteError("the note has characters that no note may have");
  }
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n")) throw new NoteError("the note has no signatures");
  const lines = note.slice(end + 2, -1).split("\n");
  if (lines.length > MOST_SIGNATURES) throw new NoteError("the note has too many signatures");
  return { text: note.slice(0, end + 1), signatures: lines.map(parseSignature) };
}

/** A line below a note, without its end. */
export function signatureLine({ name, keyId, signature }: NoteSignature): string {
  return `${BEFORE_SIGNATURE}${name} ${toBase64(joined([keyId, signature]))}`;
}

/** Whether a key has signed a note. Signatures of other keys are ignored. */
export async function verifyNote(note: Note, key: VerifierKey): Promise<NoteVerdict> {
  const claimed = note.signatures.filter(({ name, keyId }) =>
    name === key.name && isSame(keyId, key.keyId)
  );
  if (claimed.length === 0) return "unsigned";
  const imported = await crypto.subtle.importKey("raw", key.publicKey, "Ed25519", false, [
    "verify",
  ]);
  const text = new TextEncoder().encode(note.text);
  for (const { signature } of claimed) {
    const isRight = signature.length === SIGNATURE_LENGTH &&
      await crypto.subtle.verify("Ed25519", imported, signature, text);
    if (!isRight) return "forged";
  }
  return "verified";
}

/**
 * A verifier key out of its parts.
 *
 * @param publicKey 32 bytes
 * @throws {NoteError} for a name that no key can have
 */
export async function verifierKey(name: string, publicKey: Uint8Array): Promise<VerifierKey> {
  if (!isKeyName(name)) {
    const why = "it has a space, a plus or a control character";
    throw new NoteError(`${JSON.stringify(name)} is no name of a key: ${why}`);
  }
  const named = new TextEncoder().encode(`${name}\n`);
  const hash = await sha256(named, Uint8Array.of(ED25519), publicKey);
  return { name, keyId: hash.slice(0, KEY_ID_LENGTH), publicKey: new Uint8Array(publicKey) };
}

/** Whether a key can have that name. */
function isKeyName(name: string): boolean {
  return KEY_NAME.test(name) && name.isWellFormed() && !Array.from(name).some(isForbidden);
}

/** A verifier key as it is handed round: `name+keyid+key`. */
export function verifierKeyText({ name, keyId, publicKey }: VerifierKey): string {
  return `${name}+${toHex(keyId)}+${toBase64(joined([Uint8Array.of(ED25519), publicKey]))}`;
}

/**
 * Reads a verifier key.
 *
 * @throws {NoteError}
 */
export async function parseVerifierKey(text: string): Promise<VerifierKey> {
  const [, name, keyId, encoded] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  if (name === undefined || keyId === undefined || encoded === undefined) {
    throw new NoteError("a verifier key reads name+8 digits of hex+base64");
  }
  const bytes = fromBase64(encoded);
  if (bytes === undefined || bytes[0] !== ED25519 || bytes.length !== 1 + PUBLIC_KEY_LENGTH) {
    throw new NoteError("the verifier key is not one of Ed25519");
  }
  const key = await verifierKey(name, bytes.slice(1));
  if (toHex(key.keyId) === keyId) return key;
  throw new NoteError("the verifier key is damaged: its name, its id and itself do not fit");
}

function isForbidden(character: string): boolean {
  return character < " " && character !== "\n";
}

function parseSignature(line: string): NoteSignature {
  const [name, encoded, ...more] = line.slice(BEFORE_SIGNATURE.length).split(" ");
  const bytes = encoded === undefined ? undefined : fromBase64(encoded);
  const isSignature = line.startsWith(BEFORE_SIGNATURE) && more.length === 0 &&
    name !== undefined && isKeyName(name) && bytes !== undefined && bytes.length > KEY_ID_LENGTH;
  if (!isSignature) throw new NoteError("the note has a line that is no signature");
  return { name, keyId: bytes.slice(0, KEY_ID_LENGTH), signature: bytes.slice(KEY_ID_LENGTH) };
}
