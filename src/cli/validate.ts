import { type Command, EXIT, textOption, UsageError } from "./command.ts";
import { describeConfig } from "./validate/config_file.ts";
import { CHECKLIST_HELP, CHECKLIST_OPTIONS } from "./validate/options.ts";
import { runChecklist } from "./validate/run_checklist.ts";

export const command: Command = {
  summary: "Check a configuration file, or a deployment by the production checklist.",
  description: CHECKLIST_HELP,
  options: {
    config: { value: "FILE", meaning: "The file to check; goes with no other option." },
    ...CHECKLIST_OPTIONS,
  },
  async run(options) {
    const path = textOption(options, "config");
    if (path === undefined) return await runChecklist(options);
    const [other] = Object.keys(options).filter((name) => name !== "config");
    if (other !== undefined) throw new UsageError(`--config goes without --${other}`);
    console.log(await describeConfig(path, Deno.env.toObject()));
    return EXIT.ok;
  },
};
