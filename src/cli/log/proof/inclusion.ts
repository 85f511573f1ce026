import { inclusionJson } from "../../../eventlog/tlog/proof_json.ts";
import { type CommandOptions, EXIT, type ExitCode, UsageError } from "../../command.ts";
import { openPublished, tellTlogFaults } from "../published.ts";
import { writeLines, writeOut } from "../standard_output.ts";
import { openGivenLog } from "../which_log.ts";
import { wholeNumberOption } from "../whole_number.ts";

/** Prints what proves that an event is in a log. */
export async function proveInclusion(options: CommandOptions): Promise<ExitCode> {
  const seq = wholeNumberOption(options, "seq") ?? 0;
  const size = wholeNumberOption(options, "size");
  await using opened = openGivenLog(options);
  return await tellTlogFaults(opened.name, async () => {
    const published = await openPublished(opened, options);
    const most = published.checkpoint.size;
    if (seq >= (size ?? most) || (size ?? most) > most) {
      throw new UsageError(
        `${most} events are published: there is no event ${seq} among ${size ?? most}`,
      );
    }
    if (options["json"] === true) {
      await writeLines([JSON.stringify(await inclusionJson(published, seq, size))]);
    } else if ((size ?? most) === most) {
      await writeOut(new TextEncoder().encode(await published.proofText(seq)));
    } else {
      throw new UsageError(`only the size ${most} is signed; for others see --json`);
    }
    return EXIT.ok;
  });
}
