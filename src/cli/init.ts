import { type Command, EXIT, textOption } from "./command.ts";
import example from "../../deploy/config.example.yaml" with { type: "text" };

const DEFAULT_FILE = "config.yaml";

export const command: Command = {
  summary: "Write an example configuration file to start from.",
  options: {
    config: { value: "FILE", meaning: `Where to write it. Default: ${DEFAULT_FILE}.` },
  },
  async run(options) {
    const path = textOption(options, "config") ?? DEFAULT_FILE;
    try {
      await Deno.writeTextFile(path, example, { createNew: true, mode: 0o600 });
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      throw new Error(`${path} is there already; nothing was written`, { cause: error });
    }
    console.log(`${path} is written. Edit it, then: holdfast serve --config ${path}`);
    return EXIT.ok;
  },
};
