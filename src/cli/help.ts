/** What `--help` shows. @module */
import { type Command, type CommandOption, HELP_OPTION } from "./command.ts";
import type { CommandGroup } from "./commands.ts";

/**
 * The help of one command.
 *
 * @param words the program's name and the command's: `holdfast policy lint`
 */
export function commandHelp(words: string, command: Command): string {
  const { operands } = command;
  const options = Object.entries({ ...command.options, help: HELP_OPTION });
  return [
    command.summary,
    "",
    `Usage: ${usage(words, command)}`,
    ...(command.description === undefined ? [] : ["", command.description]),
    ...(operands === undefined ? [] : ["", ...columns([[operands.name, operands.meaning]])]),
    "",
    "Options:",
    ...columns(
      options.map(([name, option]) => [listed(name, option), option.meaning] as const),
    ),
  ].join("\n");
}

/** The help of commands that go together: each with its summary. */
export async function groupHelp(words: string, group: CommandGroup): Promise<string> {
  const rows = await Promise.all(
    group.commands.map(async (row) => {
      const { summary } = "load" in row ? (await row.load()).command : row;
      return [row.name, summary] as const;
    }),
  );
  return [
    group.summary,
    "",
    `Usage: ${words} COMMAND [OPTIONS]`,
    "",
    "Commands:",
    ...columns(rows),
    "",
    `${words} COMMAND --help says more about one of them.`,
  ].join("\n");
}

/** A command with all that it takes, on one line: `sync --config FILE [--dry-run]`. */
export function usage(words: string, { options, operands }: Command): string {
  const given = Object.entries(options).map(([name, option]) => {
    const written = withValue(name, option);
    return (option.required ? written : `[${written}]`) + (option.repeated ? "…" : "");
  });
  const rest = operands === undefined ? [] : [operands.name + (operands.several ? "…" : "")];
  return [words, ...given, ...rest].join(" ");
}

/** With its letter: `-f, --follow`. */
function listed(name: string, option: CommandOption): string {
  const letter = option.short === undefined ? "" : `-${option.short}, `;
  return letter + withValue(name, option);
}

function withValue(name: string, { value }: CommandOption): string {
  return `--${name}${value === undefined ? "" : ` ${value}`}`;
}

/** Lines of two columns, indented. */
function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
