import { type CommandOptions, textOption, UsageError } from "../command.ts";

/**
 * A whole number from 0 on that an option gives; `undefined` without the option.
 *
 * @throws {UsageError} for anything else
 */
export function wholeNumberOption(options: CommandOptions, name: string): number | undefined {
  const written = textOption(options, name);
  return written === undefined ? undefined : wholeNumber(written, `--${name}`);
}

/**
 * A whole number from 0 on.
 *
 * @param name of what it is, for the message
 * @throws {UsageError} for anything else
 */
export function wholeNumber(written: string, name: string): number {
  const value = Number(written);
  if (/^\d+$/.test(written) && Number.isSafeInteger(value)) return value;
  throw new UsageError(`${name} must be a whole number from 0 on, not ${JSON.stringify(written)}`);
}
