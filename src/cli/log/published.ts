/**
 * The published form of a log, as commands come upon it.
 *
 * @module
 */
import type { OpenedLog } from "../../eventlog/open_log.ts";
import { PublishedLog } from "../../eventlog/tlog/published_log.ts";
import { TlogFault } from "../../eventlog/tlog/tlog_fault.ts";
import { NoteError, parseVerifierKey } from "../../eventlog/verify.ts";
import { type CommandOptions, EXIT, type ExitCode, textOption, UsageError } from "../command.ts";
import { printable } from "./printable.ts";

/**
 * Opens what is published of a log. With `--key`, its checkpoint must be signed by that key.
 *
 * @throws {TlogFault} where it is not what it ought to be
 * @throws {Error} where nothing is published
 */
export async function openPublished(
  { objects, prefix, name }: OpenedLog,
  options: CommandOptions,
): Promise<PublishedLog> {
  const key = textOption(options, "key");
  const verifierKey = key === undefined ? undefined : await readVerifierKey(key);
  const published = await PublishedLog.open({ objects, prefix, verifierKey });
  if (published !== undefined) return published;
  throw new Error(`${name} is not published yet; see holdfast log checkpoint publish`);
}

/** Tells on standard error that what is published is wrong, where `run` comes upon that. */
export async function tellTlogFaults(
  name: string,
  run: () => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof TlogFault)) throw error;
    console.error(printable(`${name}: what is published is wrong: ${error.message}`));
    return EXIT.verificationFailed;
  }
}

async function readVerifierKey(text: string) {
  try {
    return await parseVerifierKey(text.trim());
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    throw new UsageError(`--key: ${error.message}`, { cause: error });
  }
}
