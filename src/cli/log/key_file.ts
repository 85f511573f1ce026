/**
 * Keys in files.
 *
 * @module
 */
import { PublicKey, SigningKey } from "../../eventlog/signing_key.ts";
import { readTextFile } from "../text_file.ts";

/** What the file of the public key is called beside that of the private one. */
export const PUBLIC_SUFFIX = ".pub";

/** Only its owner may read a private key. */
const PRIVATE_MODE = 0o600;

/**
 * Reads a private key.
 *
 * @throws {Error} that names the file, and says nothing of what is in it
 */
export async function readSigningKey(path: string): Promise<SigningKey> {
  return await readTextFile(path, SigningKey.fromPem);
}

/**
 * Reads a public key.
 *
 * @throws {Error} that names the file
 */
export async function readPublicKey(path: string): Promise<PublicKey> {
  return await readTextFile(path, PublicKey.fromPem);
}

/**
 * Writes a key into two files that are not there yet, or none.
 *
 * @throws {Error} that names the file that is there
 */
export async function writeKeyFiles(path: string, key: SigningKey): Promise<void> {
  await createFile(path, key.toPem(), PRIVATE_MODE);
  try {
    await createFile(`${path}${PUBLIC_SUFFIX}`, key.publicKey.toPem());
  } catch (error) {
    await Deno.remove(path);
    throw error;
  }
}

async function createFile(path: string, text: string, mode?: number): Promise<void> {
  try {
    await Deno.writeTextFile(path, text, { createNew: true, mode });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw new Error(`${path} is there already; nothing was written`, { cause: error });
  }
}
