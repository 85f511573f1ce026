import type { StoredRecord } from "../../eventlog/stored_record.ts";
import { type Command, EXIT } from "../command.ts";
import { factLines, prettyJson, printable } from "./printable.ts";
import { runOnLog } from "./run_on_log.ts";
import { writeLines } from "./standard_output.ts";
import { JSON_OPTION, LOG_OPTIONS, openGivenLogToRead, WHICH_LOG_HELP } from "./which_log.ts";
import { wholeNumber } from "./whole_number.ts";

export const command: Command = {
  summary: "Show one event of a log, once it is verified.",
  description: [
    "With --json the record is printed as it is stored, byte by byte.",
    WHICH_LOG_HELP,
  ].join("\n"),
  operands: { name: "SEQ", meaning: "Place of the event; the first has 0." },
  options: { ...LOG_OPTIONS, ...JSON_OPTION },
  async run(options, [written = ""]) {
    const seq = wholeNumber(written, "SEQ");
    return await runOnLog(await openGivenLogToRead(options), async ({ log, name }) => {
      for await (const record of log.read({ fromSeq: seq, toSeq: seq })) {
        await writeLines(options["json"] === true ? [record.text] : factsOf(record));
        return EXIT.ok;
      }
      throw new Error(`${name} has no event ${seq} yet`);
    });
  },
};

function factsOf({ event, eventHash, prevHash }: StoredRecord): readonly string[] {
  return factLines([
    ["seq", String(event.seq)],
    ["type", printable(event.type)],
    ["aggregate_id", printable(event.aggregateId)],
    ["ts", event.ts.text],
    ["hash_version", event.hashVersion],
    ["prev_hash", prevHash],
    ["event_hash", eventHash],
    ["meta", prettyJson(event.meta)],
    ["payload", prettyJson(event.payload)],
  ]);
}
