import type { OpenedLog } from "../../eventlog/open_log.ts";
import { LogFault } from "../../eventlog/verifier.ts";
import { EXIT, type ExitCode } from "../command.ts";
import { printable } from "./printable.ts";

/**
 * Runs a command on a log and closes it. A log that does not verify is told on standard error.
 *
 * @returns what `run` returns, or the exit code for a fault
 */
export async function runOnLog(
  opened: OpenedLog,
  run: (opened: OpenedLog) => Promise<ExitCode>,
): Promise<ExitCode> {
  await using _closing = opened;
  return await tellFaults(opened.name, () => run(opened));
}

/**
 * Tells on standard error that a log does not verify, where `run` comes upon that.
 *
 * @param name of the log
 * @returns what `run` returns, or the exit code for a fault
 */
export async function tellFaults(name: string, run: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof LogFault)) throw error;
    console.error(printable(`${name}: the log does not verify: ${error.message}`));
    return EXIT.verificationFailed;
  }
}
