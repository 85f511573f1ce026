import { asJson } from "../../eventlog/as_json.ts";
import { type PointerReport, verifyPointers } from "../../eventlog/audit/pointers.ts";
import { indentedJson } from "../../eventlog/indented_json.ts";
import { type Command, EXIT } from "../command.ts";
import { prettyJson } from "./printable.ts";
import { runOnLog } from "./run_on_log.ts";
import { writeLines } from "./standard_output.ts";
import { JSON_OPTION, LOG_OPTIONS, openGivenLogToRead, WHICH_LOG_HELP } from "./which_log.ts";

export const command: Command = {
  summary: "Verify that decisions were made upon the events that they name.",
  description: [
    "Each ActionsDecided names an earlier event by its seq, hash and type, and by its spec hash where",
    "it has one. Exit code 2 at the first fault of a pointer, or of the log itself. --json prints",
    "{valid, checked, error, mismatch_seq, expected, actual}.",
    WHICH_LOG_HELP,
  ].join("\n"),
  options: { ...LOG_OPTIONS, ...JSON_OPTION },
  async run(options) {
    return await runOnLog(await openGivenLogToRead(options), async ({ log, name }) => {
      const report = await verifyPointers(log);
      await writeLines([
        options["json"] === true ? indentedJson(asJson(report), "sorted") : lineOf(name, report),
      ]);
      return report.valid ? EXIT.ok : EXIT.verificationFailed;
    });
  },
};

function lineOf(name: string, report: PointerReport): string {
  const { valid, checked, error, mismatch_seq, expected, actual } = report;
  const decisions = `${checked} ${checked === 1 ? "decision" : "decisions"}`;
  if (valid) return `${name}: ${decisions}, each made upon the event that it names`;
  return `${name}: seq ${mismatch_seq}: ${error}: expected ${prettyJson(expected)}, ` +
    `found ${prettyJson(actual)}; ${decisions} before it are right`;
}
