import { ConfigError, faultLine } from "../config/config.ts";
import { columns, commandHelp, EXIT, type ExitCode, readOptions, UsageError } from "./command.ts";
import { type CommandRow, COMMANDS } from "./commands.ts";

/** Runs the subcommand that the arguments name, and resolves with the exit code. */
export async function run([name, ...args]: readonly string[]): Promise<ExitCode> {
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    console.log(await overview());
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  const row = COMMANDS.find((each) => each.name === name);
  if (row === undefined) {
    console.error(`holdfast: there is no command "${name}"; see holdfast --help`);
    return EXIT.usage;
  }
  return await runCommand(row, args);
}

async function runCommand({ name, load }: CommandRow, args: readonly string[]): Promise<ExitCode> {
  const { command } = await load();
  try {
    const options = readOptions(command, args);
    if (options["help"] === true) {
      console.log(commandHelp(name, command));
      return EXIT.ok;
    }
    return await command.run(options);
  } catch (error) {
    console.error(faultText(name, error));
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}

/** One clear sentence; for a configuration, one line for each of its faults. */
function faultText(name: string, error: unknown): string {
  if (error instanceof ConfigError) {
    return error.faults.map((fault) => `holdfast: ${error.source}: ${faultLine(fault)}`).join("\n");
  }
  const message = error instanceof Error ? error.message || error.name : String(error);
  const hint = error instanceof UsageError ? `; see holdfast ${name} --help` : "";
  return `holdfast ${name}: ${message}${hint}`;
}

async function overview(): Promise<string> {
  const rows = await Promise.all(
    COMMANDS.map(async ({ name, load }) => [name, (await load()).command.summary] as const),
  );
  return [
    "One S3 endpoint in front of many stores.",
    "",
    "Usage: holdfast COMMAND [OPTIONS]",
    "",
    "Commands:",
    ...columns(rows),
    "",
    "holdfast COMMAND --help says more about one of them.",
  ].join("\n");
}
