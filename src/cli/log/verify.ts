import { verifySignature } from "../../eventlog/checkpoint/verify_checkpoint.ts";
import type { EventLog } from "../../eventlog/event_log.ts";
import type { LogLocation } from "../../config/log_location.ts";
import type { LogPosition } from "../../eventlog/verifier.ts";
import { type Command, EXIT, UsageError } from "../command.ts";
import { unfinishedBytes } from "./log_file.ts";
import { canShowProgress, NO_PROGRESS } from "./progress.ts";
import {
  type GivenCheckpoint,
  givenCheckpoint,
  KNOWN_OPTIONS,
  rememberedEnd,
} from "./verify/known_positions.ts";
import { progressAlong } from "./verify/progress_along.ts";
import { reportLines, verifyReport } from "./verify/report.ts";
import {
  checkpointFault,
  type Verification,
  verifyLog,
  type VerifyOptions,
} from "./verify/verification.ts";
import {
  JSON_OPTION,
  locationOf,
  LOG_OPTIONS,
  openGivenLogToRead,
  WHICH_LOG_HELP,
} from "./which_log.ts";

export const command: Command = {
  summary: "Verify a whole log, and say where it is not right.",
  description: [
    "Exit code 2 at the first fault, with its seq and cause. A log alone does not tell that its last",
    "events are missing: give the size and the head that it once had. With a checkpoint, the events",
    "up to the one that was signed are trusted and not read.",
    "--json prints {ok, events, head, fault: {seq, cause, expected, found}}; events and head are of",
    "what is right.",
    WHICH_LOG_HELP,
  ].join("\n"),
  options: { ...LOG_OPTIONS, ...KNOWN_OPTIONS, ...JSON_OPTION },
  async run(options) {
    const remembered = rememberedEnd(options);
    const given = await givenCheckpoint(options);
    demandComparable(remembered, given);
    const location = locationOf(options, Deno.env.toObject());
    await using opened = await openGivenLogToRead(options);
    const begin = performance.now();
    const verification = await verifyFrom(given, opened.log, location, remembered);
    const seconds = (performance.now() - begin) / 1_000;
    await tellUnfinished(location);
    console.log(
      options["json"] === true
        ? JSON.stringify(verifyReport(verification))
        : reportLines(opened.name, verification, seconds).join("\n"),
    );
    return verification.fault === undefined ? EXIT.ok : EXIT.verificationFailed;
  },
};

/** What lies before the checkpoint is not read. */
function demandComparable(
  remembered: LogPosition | undefined,
  given: GivenCheckpoint | undefined,
): void {
  if (remembered === undefined || given === undefined) return;
  const behind = given.checkpoint.eventIndex + 1;
  if (remembered.nextSeq >= behind) return;
  throw new UsageError(`--expect-size must not be less than the checkpoint's ${behind} events`);
}

async function verifyFrom(
  given: GivenCheckpoint | undefined,
  log: EventLog,
  location: LogLocation,
  remembered: LogPosition | undefined,
): Promise<Verification> {
  if (given === undefined) return await verify(log, location, { remembered });
  const { checkpoint: { eventHash, eventIndex } } = given;
  const verdict = verifySignature(given.checkpoint, given.publicKey);
  if (!verdict.ok) return checkpointFault(eventIndex, verdict.fault);
  const trusted = { nextSeq: eventIndex + 1, prevHash: eventHash };
  return await verify(log, location, { remembered, trusted });
}

async function verify(
  log: EventLog,
  location: LogLocation,
  options: VerifyOptions,
): Promise<Verification> {
  using progress = canShowProgress() ? await progressAlong(log, location) : NO_PROGRESS;
  return await verifyLog(log, { ...options, onRecord: (record) => progress.add(record) });
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
