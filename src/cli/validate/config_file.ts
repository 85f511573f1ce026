import { evidenceS3Options } from "../../compose.ts";
import { loadConfig } from "../../config/config.ts";
import { authenticationIsOff, configuredBuckets } from "../../config/identities.ts";

/**
 * Checks a configuration file: reads the variables that it names, and connects to nothing.
 *
 * @returns what it comes to, on one line
 * @throws {ConfigError}
 */
export async function describeConfig(
  path: string,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const config = await loadConfig(path, environment);
  const { evidence: { store } } = config;
  if (store.kind === "s3") evidenceS3Options(store);
  const database = config.database
    ? `PostgreSQL on ${config.database.host}:${config.database.port}`
    : `embedded database in ${config.data_dir}`;
  const authentication = authenticationIsOff(config) ? "OFF" : "on";
  return [
    `${path} is fine:`,
    `backends ${config.backends.map(({ name }) => name).join(", ")};`,
    `buckets ${configuredBuckets(config).join(", ")};`,
    `${database};`,
    `authentication ${authentication}`,
  ].join(" ");
}
