import { ConfigError } from "./config_error.ts";
import { checkConfig, type Config } from "./config.ts";
import type { Environment } from "./environment.ts";
import { type KeptCredential, keptCredential } from "./kept_credential.ts";

/** Where a server without a configuration file listens. */
const LISTEN = "127.0.0.1:9000";

/** The name that the only user of a server without a configuration file goes by. */
const OWNER = "holdfast";

/**
 * The configuration of a server that was given none: one user, the bucket `unified`, objects on
 * disk and an embedded database, all under `HOLDFAST_DATA_DIR` (`./data`).
 *
 * Without `HOLDFAST_ACCESS_KEY_ID` and `HOLDFAST_SECRET_ACCESS_KEY` the credential is the one that
 * is kept in the data directory; the first start makes it.
 *
 * @throws {ConfigError} when a variable is wrong, or the credential can be neither read nor kept
 */
export async function defaultConfig(environment: Environment): Promise<Config> {
  const dataDir = environment["HOLDFAST_DATA_DIR"] || "./data";
  const credential = givenCredential(environment) ?? await keptCredential(dataDir);
  return checkConfig(
    {
      server: { listen_addr: environment["HOLDFAST_LISTEN"] || LISTEN },
      data_dir: dataDir,
      users: [{
        name: OWNER,
        credentials: [credential],
        buckets: ["unified"],
        create_buckets: "true",
      }],
    },
    environment,
    "environment",
  );
}

function givenCredential(environment: Environment): KeptCredential | undefined {
  const accessKeyId = environment["HOLDFAST_ACCESS_KEY_ID"];
  const secretAccessKey = environment["HOLDFAST_SECRET_ACCESS_KEY"];
  if (!accessKeyId && !secretAccessKey) return undefined;
  if (accessKeyId && secretAccessKey) {
    return { access_key_id: accessKeyId, secret_access_key: secretAccessKey };
  }
  const missing = accessKeyId ? "HOLDFAST_SECRET_ACCESS_KEY" : "HOLDFAST_ACCESS_KEY_ID";
  throw new ConfigError("environment", [{
    path: missing,
    message: "is required with its other half",
  }]);
}
