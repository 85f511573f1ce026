import { randomBytes, randomInt } from "node:crypto";
import { z } from "zod";
import { ConfigError } from "./config_error.ts";

const FILE = "credentials.json";
const ACCESS_KEY_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

const kept = z.strictObject({
  access_key_id: z.string().min(1),
  secret_access_key: z.string().min(1),
});

/** An access key id and its secret. */
export type KeptCredential = z.infer<typeof kept>;

/**
 * The credential kept in a data directory, which only its owner can read. Made when there is none:
 * of several processes that start at once, all get the same.
 *
 * @throws {ConfigError} when it can be neither read nor written, or is damaged
 */
export async function keptCredential(dataDir: string): Promise<KeptCredential> {
  const path = `${dataDir}/${FILE}`;
  try {
    return await read(path) ?? await make(dataDir, path);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigError(path, [{ path: "", message }]);
  }
}

async function read(path: string): Promise<KeptCredential | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  try {
    return kept.parse(JSON.parse(text));
  } catch {
    // The parser's own message would repeat what is in the file.
    throw new ConfigError(path, [{
      path: "",
      message: "is damaged; restore it, or remove it to have a new credential made",
    }]);
  }
}

async function make(dataDir: string, path: string): Promise<KeptCredential> {
  await Deno.mkdir(dataDir, { recursive: true, mode: 0o700 });
  const credential = randomCredential();
  const temporary = `${path}.${randomBytes(6).toString("hex")}`;
  await writeDurably(temporary, `${JSON.stringify(credential, null, 2)}\n`);
  try {
    // A link, unlike a rename, never replaces what another process has put there meanwhile.
    await Deno.link(temporary, path);
    return credential;
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    return await read(path) ?? credential;
  } finally {
    await Deno.remove(temporary);
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  const bytes = new TextEncoder().encode(text);
  for (let written = 0; written < bytes.length;) {
    written += await file.write(bytes.subarray(written));
  }
  await file.sync();
}

function randomCredential(): KeptCredential {
  const letters = Array.from({ length: 17 }, () => ACCESS_KEY_ALPHABET[randomInt(32)]);
  return {
    access_key_id: `HFK${letters.join("")}`,
    secret_access_key: randomBytes(30).toString("base64url"),
  };
}
