import type { SigningKey } from "../signing_key.ts";
import { signatureLine, type VerifierKey, verifierKey } from "../verify/note.ts";

/** A key that signs notes. */
export interface NoteSigner {
  readonly verifierKey: VerifierKey;
  /** Signs a text that ends with an end of line: the whole note. */
  sign(text: string): string;
}

/**
 * A key under the name with which it signs notes.
 *
 * @throws {NoteError} for a name that no key can have
 */
export async function noteSigner(name: string, key: SigningKey): Promise<NoteSigner> {
  const ours = await verifierKey(name, key.publicKey.raw);
  return {
    verifierKey: ours,
    sign(text) {
      const signature = key.sign(new TextEncoder().encode(text));
      return `${text}\n${signatureLine({ name, keyId: ours.keyId, signature })}\n`;
    },
  };
}
