import type { OpenedLog } from "../../eventlog/open_log.ts";
import type { LogLocation } from "../../config/log_location.ts";
import type { LogPosition } from "../../eventlog/verifier.ts";
import { type Command, EXIT, type ExitCode } from "../command.ts";
import { openSource } from "./import/source.ts";
import { appendRest, countPresent, OtherEventError, verifySource } from "./import/transfer.ts";
import { factLines, printable } from "./printable.ts";
import { canShowProgress, NO_PROGRESS, startProgress } from "./progress.ts";
import { tellFaults } from "./run_on_log.ts";
import { JSON_OPTION, locationOf, LOG_OPTIONS, openGivenLog, WHICH_LOG_HELP } from "./which_log.ts";

export const command: Command = {
  summary: "Put the records of an exported log into a log, with the hashes that they have.",
  description: [
    "FILE is a whole log as JSON Lines. It is verified before anything is written. The log has to be",
    "empty, or to hold the first of these records: an import that broke off goes on where it was.",
    "Exit code 2 when FILE does not verify, or the log has another event; nothing is written then.",
    "--json prints {imported, present, head}.",
    WHICH_LOG_HELP,
  ].join("\n"),
  operands: { name: "FILE", meaning: "The log to import; - reads standard input." },
  options: { ...LOG_OPTIONS, ...JSON_OPTION },
  async run(options, [file = ""]) {
    const { kind } = locationOf(options, Deno.env.toObject());
    await using target = openGivenLog(options);
    await using source = await openSource(file);
    return await tellFaults(source.name, async () => {
      const end = await verifySource(source.log);
      return await tellFaults(target.name, async () => {
        const imported = await transfer(source, target, end, kind);
        return imported === undefined
          ? EXIT.verificationFailed
          : tell(imported, options["json"] === true);
      });
    });
  },
};

/**
 * How many events are given to a log at once: one in a file writes them through together, one of
 * objects needs the answer to each.
 */
const AT_ONCE: Readonly<Record<LogLocation["kind"], number>> = { file: 256, s3: 1, holdfast: 1 };

/** What came of an import. */
interface Imported {
  /** Events that were appended. */
  readonly imported: number;
  /** Events that were there before. */
  readonly present: number;
  /** The hash of the last of them all. */
  readonly head: string;
}

/** @returns `undefined` where the log has another event, which is told */
async function transfer(
  source: OpenedLog,
  target: OpenedLog,
  end: LogPosition,
  kind: LogLocation["kind"],
): Promise<Imported | undefined> {
  try {
    const present = await countPresent(source.log, target.log);
    using progress = canShowProgress()
      ? startProgress("events", end.nextSeq - present, () => 1)
      : NO_PROGRESS;
    const imported = await appendRest(source.log, target.log, {
      present,
      atOnce: AT_ONCE[kind],
      onRecord: progress.add,
    });
    return { imported, present, head: end.prevHash };
  } catch (error) {
    if (!(error instanceof OtherEventError)) throw error;
    console.error(printable(`${target.name}: ${error.message}`));
    return undefined;
  }
}

function tell(result: Imported, asJson: boolean): ExitCode {
  const { imported, present, head } = result;
  console.log(
    asJson ? JSON.stringify(result) : factLines([
      ["imported", String(imported)],
      ["there before", String(present)],
      ["head", head],
    ]).join("\n"),
  );
  return EXIT.ok;
}
