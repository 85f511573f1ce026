import { randomBytes, randomInt } from "node:crypto";
import { z } from "zod";
import { ConfigError } from "./config_error.ts";
import { keepOnce } from "./kept_file.ts";

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
    return await read(path) ?? await make(path);
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

async function make(path: string): Promise<KeptCredential> {
  const credential = randomCredential();
  const isOurs = await keepOnce(path, `${JSON.stringify(credential, null, 2)}\n`);
  return isOurs ? credential : await read(path) ?? credential;
}

function randomCredential(): KeptCredential {
  const letters = Array.from({ length: 17 }, () => ACCESS_KEY_ALPHABET[randomInt(32)]);
  return {
    access_key_id: `HFK${letters.join("")}`,
    secret_access_key: randomBytes(30).toString("base64url"),
  };
}
