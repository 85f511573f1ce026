import { ConfigError, faultLine } from "../config/config.ts";
import { EXIT, type ExitCode, readArguments, UsageError } from "./command.ts";
import { type CommandGroup, type CommandRow, COMMANDS } from "./commands.ts";
import { commandHelp, groupHelp } from "./help.ts";

const PROGRAM: CommandGroup = {
  name: "holdfast",
  summary: "One S3 endpoint in front of many stores.",
  commands: COMMANDS,
};

/** Runs the subcommand that the arguments name, and resolves with the exit code. */
export async function run(args: readonly string[]): Promise<ExitCode> {
  return await runGroup(PROGRAM.name, PROGRAM, args);
}

/** @param words what was read of the command line: `holdfast policy` */
async function runGroup(
  words: string,
  group: CommandGroup,
  [name, ...args]: readonly string[],
): Promise<ExitCode> {
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    console.log(await groupHelp(words, group));
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  const row = group.commands.find((each) => each.name === name);
  if (row === undefined) {
    console.error(`${words}: there is no command "${name}"; see ${words} --help`);
    return EXIT.usage;
  }
  const all = `${words} ${name}`;
  return "load" in row ? await runCommand(all, row, args) : await runGroup(all, row, args);
}

async function runCommand(
  words: string,
  { load }: CommandRow,
  args: readonly string[],
): Promise<ExitCode> {
  const { command } = await load();
  try {
    const { options, operands } = readArguments(command, args);
    if (options["help"] === true) {
      console.log(commandHelp(words, command));
      return EXIT.ok;
    }
    return await command.run(options, operands);
  } catch (error) {
    // Nobody reads any more: that is no news to whoever has left, as in `… | head`.
    if (error instanceof Deno.errors.BrokenPipe) return EXIT.failed;
    console.error(faultText(words, error));
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}

/** One clear sentence; for a configuration, one line for each of its faults. */
function faultText(words: string, error: unknown): string {
  if (error instanceof ConfigError) {
    return error.faults.map((fault) => `holdfast: ${error.source}: ${faultLine(fault)}`).join("\n");
  }
  const message = error instanceof Error ? error.message || error.name : String(error);
  const hint = error instanceof UsageError ? `; see ${words} --help` : "";
  return `${words}: ${message}${hint}`;
}
