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
  /** One letter: `-f` for `--follow`. */
  readonly short?: string;
  /** Whether the command makes no sense without it. */
  readonly required?: true;
  /** Whether it may come several times. */
  readonly repeated?: true;
}

/** What a command takes beside its options. */
export interface Operands {
  /** What stands for one of them in the help: `FILE`. */
  readonly name: string;
  readonly meaning: string;
  /** One or more, instead of exactly one. */
  readonly several?: true;
}

/** A subcommand. */
export interface Command {
  /** In a few words, as in a table of commands. */
  readonly summary: string;
  /** More, for its own help; whole lines. */
  readonly description?: string;
  /** Absent for a command that takes options only. */
  readonly operands?: Operands;
  readonly options: Readonly<Record<string, CommandOption>>;
  /** Runs it. Throws {@link UsageError}, or an error whose message is for the user. */
  run(options: CommandOptions, operands: readonly string[]): Promise<ExitCode>;
}

/** Options as given: text for those with a value, a list for repeated ones, `true` for a switch. */
export type CommandOptions = Readonly<
  Record<string, string | true | readonly string[] | undefined>
>;

/** Everything behind a command's name. */
export interface CommandArguments {
  readonly options: CommandOptions;
  readonly operands: readonly string[];
}

/** Arguments that make no sense. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Reads a command's arguments. With `--help` among them, nothing that is required is missed.
 *
 * @throws {UsageError} for an option it does not have, a value, an option or an operand that is
 * missing, or anything else
 */
export function readArguments(command: Command, args: readonly string[]): CommandArguments {
  const { options, operands } = parse(command, args);
  if (options["help"] !== true) demandAll(command, options, operands);
  return { options, operands };
}

/** The text of an option that has a value. */
export function textOption(options: CommandOptions, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
}

/** The text of an option that the command declares as required. */
export function requiredOption(options: CommandOptions, name: string): string {
  const value = textOption(options, name);
  if (value === undefined) throw new UsageError(`--${name} is required`);
  return value;
}

/** The texts of an option that may come several times, in their order. */
export function textOptions(options: CommandOptions, name: string): readonly string[] {
  const value = options[name];
  return typeof value === "object" ? value : [];
}

/** Every command has this one. */
export const HELP_OPTION: CommandOption = { meaning: "Show this help." };

function parse(command: Command, args: readonly string[]): CommandArguments {
  const options = Object.fromEntries(
    Object.entries({ ...command.options, help: HELP_OPTION }).map(
      ([name, { value, short, repeated }]) => [
        name,
        {
          type: value === undefined ? "boolean" as const : "string" as const,
          multiple: repeated === true,
          ...short === undefined ? {} : { short },
        },
      ],
    ),
  );
  const allowPositionals = command.operands !== undefined;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      strict: true,
      allowPositionals,
    });
    return { options: asGiven(values), operands: positionals };
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** What `parseArgs` finds. */
type ParsedValues = Readonly<
  Record<string, string | boolean | readonly (string | boolean)[] | undefined>
>;

function asGiven(values: ParsedValues): CommandOptions {
  const options: Record<string, CommandOptions[string]> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== false) options[name] = typeof value === "object" ? value.map(String) : value;
  }
  return options;
}

function demandAll(
  { options: declared, operands: wanted }: Command,
  options: CommandOptions,
  operands: readonly string[],
): void {
  for (const [name, { value, required }] of Object.entries(declared)) {
    if (required && options[name] === undefined) {
      throw new UsageError(`--${name} ${value} is required`);
    }
  }
  if (wanted === undefined) return;
  if (operands.length === 0) throw new UsageError(`${wanted.name} is missing`);
  if (operands.length > 1 && !wanted.several) {
    throw new UsageError(`only one ${wanted.name} is taken, not also ${operands[1]}`);
  }
}
