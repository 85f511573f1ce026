/**
 * What a subcommand is, and how its arguments are read.
 *
 * @module
 */
import { parseArgs } from "node:util";

/** How a command ended. Source of 64: `sysexits.h`, `EX_USAGE`. */
export const EXIT = { ok: 0, failed: 1, verificationFailed: 2, usage: 64 } as const;

/** One of {@link EXIT}. */
export type ExitCode = typeof EXIT[keyof typeof EXIT];

/** An option of a command, `--name` or `--name VALUE`. */
export interface CommandOption {
  /** What stands for the value in the help; absent for a switch. */
  readonly value?: string;
  readonly meaning: string;
}

/** A subcommand. */
export interface Command {
  /** In a few words, as in a table of commands. */
  readonly summary: string;
  /** More, for its own help; whole lines. */
  readonly description?: string;
  readonly options: Readonly<Record<string, CommandOption>>;
  /** Runs it. Throws {@link UsageError}, or an error whose message is for the user. */
  run(options: CommandOptions): Promise<ExitCode>;
}

/** Options as given: text for those with a value, `true` for a switch. */
export type CommandOptions = Readonly<Record<string, string | true | undefined>>;

/** Arguments that make no sense. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Reads a command's arguments.
 *
 * @throws {UsageError} for an option it does not have, a value that is missing, or anything else
 */
export function readOptions(command: Command, args: readonly string[]): CommandOptions {
  const options = Object.fromEntries(
    Object.entries({ ...command.options, help: HELP_OPTION }).map(([name, { value }]) =>
      [name, { type: value === undefined ? "boolean" : "string" }] as const
    ),
  );
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true });
    return Object.fromEntries(
      Object.entries(values).flatMap(([name, value]) =>
        typeof value === "string" || value === true ? [[name, value]] : []
      ),
    );
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** The text of an option that has a value. */
export function textOption(options: CommandOptions, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
}

/** Every command has this one. */
const HELP_OPTION: CommandOption = { meaning: "Show this help." };

/** The help of one command. */
export function commandHelp(name: string, command: Command): string {
  const options = Object.entries({ ...command.options, help: HELP_OPTION });
  return [
    `${command.summary}`,
    "",
    `Usage: holdfast ${name} [OPTIONS]`,
    ...(command.description === undefined ? [] : ["", command.description]),
    "",
    "Options:",
    ...columns(
      options.map(([option, { value, meaning }]) =>
        [`--${option}${value === undefined ? "" : ` ${value}`}`, meaning] as const
      ),
    ),
  ].join("\n");
}

/** Lines of two columns, indented. */
export function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
