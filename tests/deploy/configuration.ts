import { type Config, loadConfig } from "../../src/config/config.ts";

/**
 * Reads a configuration as the server would.
 *
 * @param variables those that it is given, each with the value `the NAME`
 * @throws {import("../../src/config/config_error.ts").ConfigError}
 */
export async function readConfiguration(
  text: string,
  variables: readonly string[],
): Promise<Config> {
  const path = await Deno.makeTempFile({ prefix: "holdfast-configuration-", suffix: ".yaml" });
  try {
    await Deno.writeTextFile(path, text);
    const environment = Object.fromEntries(variables.map((name) => [name, `the ${name}`]));
    return await loadConfig(path, environment);
  } finally {
    await Deno.remove(path);
  }
}
