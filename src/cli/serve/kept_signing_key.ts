import { dirname, join } from "node:path";
import type { Config } from "../../config/config.ts";
import { keepOnce } from "../../config/kept_file.ts";
import { SigningKey } from "../../eventlog/signing_key.ts";
import { checkpointKey } from "../../eventlog/tlog/tile_path.ts";
import { PUBLIC_SUFFIX } from "../log/key_file.ts";

/** File of the key, beside the log. */
const FILE = "signing-key.pem";

/** Name of a log that nobody has given another one. */
const ORIGIN = "localhost/holdfast";

/** Milliseconds between looks for events that are not published yet. */
const INTERVAL = 10_000;

/**
 * The configuration of a server that was given none, with a key that signs what is published of its
 * log: the first start makes one. A log that was published under another key already is left alone.
 */
export async function withKeptSigningKey(config: Config): Promise<Config> {
  const { location, publishing } = config.log;
  if (publishing !== undefined || location.kind !== "file") return config;
  const signingKey = join(dirname(location.path), FILE);
  if (!await isThere(signingKey)) {
    const published = join(`${location.path}.objects`, checkpointKey(""));
    if (await isThere(published)) return config;
    await makeKey(signingKey);
  }
  const kept = { signingKey, origin: ORIGIN, interval: INTERVAL };
  return { ...config, log: { ...config.log, publishing: kept } };
}

async function makeKey(path: string): Promise<void> {
  const key = SigningKey.generate();
  if (!await keepOnce(path, key.toPem())) return;
  await Deno.writeTextFile(`${path}${PUBLIC_SUFFIX}`, key.publicKey.toPem());
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
