import { consistencyJson, consistencyText } from "../../../eventlog/tlog/proof_json.ts";
import { type CommandOptions, EXIT, type ExitCode, UsageError } from "../../command.ts";
import { openPublished, tellTlogFaults } from "../published.ts";
import { writeLines, writeOut } from "../standard_output.ts";
import { openGivenLog } from "../which_log.ts";
import { wholeNumberOption } from "../whole_number.ts";

/** Prints what proves that a log has only grown. */
export async function proveConsistency(options: CommandOptions): Promise<ExitCode> {
  const from = wholeNumberOption(options, "from") ?? 0;
  const to = wholeNumberOption(options, "to");
  await using opened = openGivenLog(options);
  return await tellTlogFaults(opened.name, async () => {
    const published = await openPublished(opened, options);
    const most = published.checkpoint.size;
    if (from > (to ?? most) || (to ?? most) > most) {
      throw new UsageError(`${most} events are published: there are none from ${from} to ${to}`);
    }
    const proof = await published.consistency(from, to);
    if (options["json"] === true) {
      await writeLines([JSON.stringify(consistencyJson(published, proof))]);
    } else if (proof.to.size === most) {
      await writeOut(new TextEncoder().encode(consistencyText(published, proof)));
    } else {
      throw new UsageError(`only the size ${most} is signed; for others see --json`);
    }
    return EXIT.ok;
  });
}
