import { type Command, EXIT } from "../command.ts";
import { runOnLog } from "./run_on_log.ts";
import { JSON_OPTION, LOG_OPTIONS, openGivenLogToRead, WHICH_LOG_HELP } from "./which_log.ts";

export const command: Command = {
  summary: "Say how many events a log has, and the hash of the last.",
  description: [
    "Remember both: verify --expect-size N --expect-head HASH tells later whether the log still",
    "begins with these events. A log without events has the hash of 64 zeros.",
    WHICH_LOG_HELP,
  ].join("\n"),
  options: { ...LOG_OPTIONS, ...JSON_OPTION },
  async run(options) {
    return await runOnLog(await openGivenLogToRead(options), async ({ log }) => {
      const { nextSeq, prevHash } = await log.head();
      console.log(
        options["json"] === true
          ? JSON.stringify({ events: nextSeq, head: prevHash })
          : `events  ${nextSeq}\nhead    ${prevHash}`,
      );
      return EXIT.ok;
    });
  },
};
