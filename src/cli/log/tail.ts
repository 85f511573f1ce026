import type { EventLog } from "../../eventlog/event_log.ts";
import type { StoredRecord } from "../../eventlog/stored_record.ts";
import { type Command, type CommandOptions, EXIT } from "../command.ts";
import { nextSignal } from "../serve/signals.ts";
import { inBatches } from "./batches.ts";
import { EventTable } from "./event_table.ts";
import { follow } from "./follow.ts";
import { runOnLog } from "./run_on_log.ts";
import { writeLines } from "./standard_output.ts";
import { JSON_OPTION, LOG_OPTIONS, openGivenLogToRead, WHICH_LOG_HELP } from "./which_log.ts";
import { wholeNumberOption } from "./whole_number.ts";

/** How many events are shown when nothing is said. */
const DEFAULT_LINES = 10;

export const command: Command = {
  summary: "Show the last events of a log, and those to come.",
  description: [
    "With --json records are printed as they are stored, one a line. --follow ends with Ctrl-C; it",
    "ends with exit code 2 when the log does not go on from what was shown.",
    WHICH_LOG_HELP,
  ].join("\n"),
  options: {
    ...LOG_OPTIONS,
    lines: { value: "N", short: "n", meaning: `How many events. Default: ${DEFAULT_LINES}.` },
    follow: { short: "f", meaning: "Go on with events as they are appended." },
    ...JSON_OPTION,
  },
  async run(options) {
    const lines = wholeNumberOption(options, "lines") ?? DEFAULT_LINES;
    return await runOnLog(await openGivenLogToRead(options), async ({ log }) => {
      try {
        await tail(log, lines, options);
      } catch (error) {
        // Whoever read it has seen enough.
        if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      }
      return EXIT.ok;
    });
  },
};

async function tail(log: EventLog, count: number, options: CommandOptions): Promise<void> {
  const show = view(options["json"] === true);
  const end = await log.head();
  const range = { fromSeq: Math.max(0, end.nextSeq - count), toSeq: end.nextSeq - 1 };
  if (range.fromSeq < end.nextSeq) {
    for await (const records of inBatches(log.read(range))) await show(records);
  }
  if (options["follow"] !== true) return;
  const ending = new AbortController();
  nextSignal().then(() => ending.abort());
  for await (const records of follow(log, end, ending.signal)) await show(records);
}

/** Shows events on standard output. */
function view(asJson: boolean): (records: readonly StoredRecord[]) => Promise<void> {
  if (asJson) return (records) => writeLines(records.map(({ text }) => text));
  const table = new EventTable(Deno.stdout.isTerminal() ? Deno.consoleSize().columns : undefined);
  return (records) => writeLines(table.lines(records));
}
