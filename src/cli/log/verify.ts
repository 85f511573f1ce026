import type { EventLog } from "../../eventlog/event_log.ts";
import type { LogLocation } from "../../eventlog/log_location.ts";
import { FIRST_PREV_HASH } from "../../eventlog/record.ts";
import type { LogPosition } from "../../eventlog/verifier.ts";
import { type Command, type CommandOptions, EXIT, UsageError } from "../command.ts";
import { hashOption } from "./hash_option.ts";
import { unfinishedBytes } from "./log_file.ts";
import { canShowProgress, NO_PROGRESS } from "./progress.ts";
import { progressAlong } from "./verify/progress_along.ts";
import { reportLines, verifyReport } from "./verify/report.ts";
import { type Verification, verifyLog, type VerifyOptions } from "./verify/verification.ts";
import {
  JSON_OPTION,
  locationOf,
  LOG_OPTIONS,
  openGivenLogToRead,
  WHICH_LOG_HELP,
} from "./which_log.ts";
import { wholeNumberOption } from "./whole_number.ts";

export const command: Command = {
  summary: "Verify a whole log, and say where it is not right.",
  description: [
    "Exit code 2 at the first fault, with its seq and cause. Reading a log alone does not tell that",
    "its last events are missing: give size and head as they once were, or a checkpoint.",
    "--json prints {ok, events, head, fault}; events and head are what is right.",
    WHICH_LOG_HELP,
  ].join("\n"),
  options: {
    ...LOG_OPTIONS,
    "expect-size": { value: "N", meaning: "The log had so many events once." },
    "expect-head": { value: "HASH", meaning: "The last of those had this hash." },
    ...JSON_OPTION,
  },
  async run(options) {
    const remembered = rememberedHead(options);
    const location = locationOf(options, Deno.env.toObject());
    await using opened = await openGivenLogToRead(options);
    const begin = performance.now();
    const verification = await verify(opened.log, location, { remembered });
    const seconds = (performance.now() - begin) / 1_000;
    await tellUnfinished(location);
    const report = verifyReport(verification);
    console.log(
      options["json"] === true
        ? JSON.stringify(report)
        : reportLines(opened.name, report, report.events, seconds).join("\n"),
    );
    return report.ok ? EXIT.ok : EXIT.verificationFailed;
  },
};

/** The end that the log once had; `undefined` where nothing is said. */
function rememberedHead(options: CommandOptions): LogPosition | undefined {
  const nextSeq = wholeNumberOption(options, "expect-size");
  const prevHash = hashOption(options, "expect-head");
  if (nextSeq === undefined && prevHash === undefined) return undefined;
  if (nextSeq === undefined || prevHash === undefined) {
    throw new UsageError("--expect-size and --expect-head go together");
  }
  if (nextSeq === 0 && prevHash !== FIRST_PREV_HASH) {
    throw new UsageError("--expect-size 0 goes with --expect-head of 64 zeros");
  }
  return { nextSeq, prevHash };
}

async function verify(
  log: EventLog,
  location: LogLocation,
  verifyOptions: VerifyOptions,
): Promise<Verification> {
  using progress = canShowProgress() ? await progressAlong(log, location) : NO_PROGRESS;
  return await verifyLog(log, { ...verifyOptions, onRecord: (record) => progress.add(record) });
}

/** What a crash has left is no fault, and no event either. */
async function tellUnfinished(location: LogLocation): Promise<void> {
  const bytes = location.kind === "file" ? await unfinishedBytes(location.path) : 0;
  if (bytes === 0) return;
  console.error(
    `${bytes} bytes at the log's end are no whole line: they are being written this moment, or a ` +
      "crash has left them, and the next append puts them aside",
  );
}
