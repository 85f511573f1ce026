import { evidenceS3Options } from "../compose.ts";
import { authenticationIsOff, configuredBuckets } from "../config/identities.ts";
import { loadConfig } from "../config/config.ts";
import { type Command, EXIT, requiredOption } from "./command.ts";

export const command: Command = {
  summary: "Check a configuration file, and say what is wrong with it.",
  description: "Reads the variables that the file names, and connects to nothing.",
  options: { config: { value: "FILE", meaning: "The file to check.", required: true } },
  async run(options) {
    const path = requiredOption(options, "config");
    const config = await loadConfig(path, Deno.env.toObject());
    const { evidence: { store } } = config;
    if (store.kind === "s3") evidenceS3Options(store);
    const database = config.database
      ? `PostgreSQL on ${config.database.host}:${config.database.port}`
      : `embedded database in ${config.data_dir}`;
    const authentication = authenticationIsOff(config) ? "OFF" : "on";
    console.log(
      [
        `${path} is fine:`,
        `backends ${config.backends.map(({ name }) => name).join(", ")};`,
        `buckets ${configuredBuckets(config).join(", ")};`,
        `${database};`,
        `authentication ${authentication}`,
      ].join(" "),
    );
    return EXIT.ok;
  },
};
