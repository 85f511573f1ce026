import type { OpenedLog } from "../../eventlog/open_log.ts";
import { LogFault } from "../../eventlog/verifier.ts";
import { EXIT, type ExitCode } from "../command.ts";

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
  try {
    return await run(opened);
  } catch (error) {
    if (!(error instanceof LogFault)) throw error;
    console.error(`${opened.name}: the log does not verify: ${error.message}`);
    return EXIT.verificationFailed;
  }
}
