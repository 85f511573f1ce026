import { Buffer } from "node:buffer";
import type { EventLog, ReadRange } from "../../eventlog/event_log.ts";
import { FIRST_PREV_HASH } from "../../eventlog/record.ts";
import { type Command, type CommandOptions, EXIT, textOption, UsageError } from "../command.ts";
import { inBatches } from "./batches.ts";
import { type TakeBytes, writeNewFile } from "./new_file.ts";
import { factLines, printable } from "./printable.ts";
import { runOnLog } from "./run_on_log.ts";
import { writeOut } from "./standard_output.ts";
import { JSON_OPTION, LOG_OPTIONS, openGivenLogToRead, WHICH_LOG_HELP } from "./which_log.ts";
import { wholeNumberOption } from "./whole_number.ts";

export const command: Command = {
  summary: "Write the records of a log as JSON Lines, as they are stored.",
  description: [
    "Each record is verified before it is written. With --out nothing stays of an export that failed,",
    "and with --json too {events, head, out} is printed. A whole export is a log in a file by itself,",
    "and what import takes.",
    WHICH_LOG_HELP,
  ].join("\n"),
  options: {
    ...LOG_OPTIONS,
    from: { value: "SEQ", meaning: "The first event. Default: 0." },
    to: { value: "SEQ", meaning: "The last event, included. Default: the end of the log." },
    out: { value: "FILE", meaning: "A new file. Default: standard output." },
    ...JSON_OPTION,
  },
  async run(options) {
    const range = givenRange(options);
    const out = textOption(options, "out");
    return await runOnLog(await openGivenLogToRead(options), async ({ log }) => {
      const written = out === undefined
        ? await writeRecords(log, range, writeOut)
        : await writeNewFile(out, (take) => writeRecords(log, range, take));
      if (out !== undefined) console.log(summary(written, out, options["json"] === true));
      return EXIT.ok;
    });
  },
};

/** What was written. */
interface Exported {
  readonly events: number;
  /** The hash of the last. */
  readonly head: string;
}

const LINE_END = new Uint8Array([0x0a]);

function givenRange(options: CommandOptions): ReadRange {
  const fromSeq = wholeNumberOption(options, "from") ?? 0;
  const toSeq = wholeNumberOption(options, "to");
  if (toSeq !== undefined && toSeq < fromSeq) {
    throw new UsageError("--to must not be before --from");
  }
  return { fromSeq, toSeq };
}

async function writeRecords(log: EventLog, range: ReadRange, take: TakeBytes): Promise<Exported> {
  let exported: Exported = { events: 0, head: FIRST_PREV_HASH };
  for await (const records of inBatches(log.read(range))) {
    await take(Buffer.concat(records.flatMap(({ bytes }) => [bytes, LINE_END])));
    const head = records.at(-1)?.eventHash ?? exported.head;
    exported = { events: exported.events + records.length, head };
  }
  return exported;
}

function summary({ events, head }: Exported, out: string, asJson: boolean): string {
  return asJson ? JSON.stringify({ events, head, out }) : factLines([
    ["events", String(events)],
    ["head", head],
    ["out", printable(out)],
  ]).join("\n");
}
