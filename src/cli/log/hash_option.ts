import { type CommandOptions, textOption, UsageError } from "../command.ts";

/**
 * The hash of an event that an option gives; `undefined` without the option.
 *
 * @throws {UsageError} for anything else
 */
export function hashOption(options: CommandOptions, name: string): string | undefined {
  const written = textOption(options, name);
  if (written === undefined || /^[0-9a-f]{64}$/.test(written)) return written;
  throw new UsageError(`--${name} must be 64 digits of hex in lower case`);
}
