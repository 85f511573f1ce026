import type { ReadRange } from "../../eventlog/event_log.ts";
import { type Command, type CommandOptions, EXIT, textOption, UsageError } from "../command.ts";
import { showEvents } from "./inspect/events.ts";
import { showFencing } from "./inspect/fencing_report.ts";
import { runOnLog } from "./run_on_log.ts";
import { JSON_OPTION, LOG_OPTIONS, openGivenLogToRead, WHICH_LOG_HELP } from "./which_log.ts";
import { wholeNumberOption } from "./whole_number.ts";

export const command: Command = {
  summary: "Show some events of a log, or who wrote them.",
  description: [
    "--fencing shows who held the lease while which events were written, and where an older holder",
    "has written after a newer one, or two in one epoch; exit code 2 where any has. Where versions of",
    "the lease are numbers they decide; where not, epochs and who followed whom.",
    "",
    "It reads the fencing tokens that writers put into their events. Fencing tokens are forensic:",
    "they tell afterwards who wrote what, and prevent nothing. No store looks at them. What keeps two",
    "writers apart is that an append is conditional: it succeeds only where the log still ends with",
    "the hash that the writer has seen. And what both apply to a cluster is idempotent: applying the",
    "same again changes nothing.",
    "",
    WHICH_LOG_HELP,
  ].join("\n"),
  options: {
    ...LOG_OPTIONS,
    from: { value: "SEQ", meaning: "The first event. Default: 0." },
    to: { value: "SEQ", meaning: "The last event. Default: the end of the log." },
    "event-type": { value: "TYPE", short: "t", meaning: "Only events of this type." },
    aggregate: { value: "ID", short: "a", meaning: "Only events of this aggregate." },
    payload: { short: "p", meaning: "Show payloads." },
    fencing: { meaning: "Show who wrote instead." },
    ...JSON_OPTION,
  },
  async run(options) {
    const range = rangeOf(options);
    const type = textOption(options, "event-type");
    const asJson = options["json"] === true;
    return await runOnLog(await openGivenLogToRead(options), async ({ log }) => {
      const records = log.read(range);
      try {
        if (options["fencing"] === true) {
          const overlaps = await showFencing(records, asJson);
          return overlaps === 0 ? EXIT.ok : EXIT.verificationFailed;
        }
        await showEvents(records, { type, asJson, withPayload: options["payload"] === true });
      } catch (error) {
        // Whoever read it has seen enough.
        if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      }
      return EXIT.ok;
    });
  },
};

function rangeOf(options: CommandOptions): ReadRange {
  const fromSeq = wholeNumberOption(options, "from");
  const toSeq = wholeNumberOption(options, "to");
  if (fromSeq !== undefined && toSeq !== undefined && toSeq < fromSeq) {
    throw new UsageError("--to must not come before --from");
  }
  const isFiltered = ["event-type", "aggregate", "payload"].some((name) => name in options);
  if (options["fencing"] === true && isFiltered) {
    throw new UsageError("--fencing is of all events from --from to --to");
  }
  return { fromSeq, toSeq, aggregateId: textOption(options, "aggregate") };
}
