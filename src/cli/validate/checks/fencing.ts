import { count } from "../../policy/findings.ts";
import type { Check } from "../check.ts";
import { failed, judged } from "../finding.ts";
import { newestEvents, tokenFault, tokenText } from "../log/tokens.ts";

/** How many events are looked at: few enough to be read from any store at once. */
const NEWEST = 20;

export const fencing: Check = {
  id: "fencing",
  number: "5",
  objective: "Every event says who wrote it under which epoch, and nobody takes that for a lock.",
  remedy:
    "Run the operator with RYNXS_LEADER_ELECTION_ENABLED=true and let nobody else write into " +
    'its log; "holdfast log inspect --fencing" shows who did.',
  parts: [
    {
      phase: "pre",
      run: ({ fencingStatement }) =>
        Promise.resolve(judged(
          ["`holdfast log inspect --help` was read"],
          Object.entries(STATEMENTS).filter(([, said]) => !said.test(fencingStatement))
            .map(([what]) => `\`holdfast log inspect --help\` does not say ${what}`),
        )),
    },
    {
      phase: "post",
      async run({ log }, signal) {
        const records = await newestEvents(await log(), NEWEST, signal);
        if (records.length === 0) return failed("the log has no events");
        const writers = new Set(records.filter((each) => !tokenFault(each)).map(tokenText));
        return judged(
          [`the newest ${count(records.length, "event")}, by ${
            [...writers].join("; ") || "nobody"
          }`],
          records.flatMap((record) => {
            const fault = tokenFault(record);
            return fault === undefined
              ? []
              : [`event ${record.seq} (${record.event.type}) ${fault}`];
          }),
        );
      },
    },
  ],
};

/** What has to be said about tokens. */
const STATEMENTS: Readonly<Record<string, RegExp>> = {
  "that they are forensic": /\bforensic/i,
  "that they prevent nothing": /\bprevents?\s+nothing/i,
};
