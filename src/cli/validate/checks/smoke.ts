import { count } from "../../policy/findings.ts";
import type { Check } from "../check.ts";
import { podsAreSpread } from "../cluster/zones.ts";
import { judged, notApplicable } from "../finding.ts";
import { untilGivenUp } from "../until_given_up.ts";
import { attemptText } from "./bucket_policy.ts";
import { tellsOfOneLeader } from "./one_leader.ts";

/** The last look before a release: four steps, each in a few seconds. */
export const SMOKE_TEST: readonly Check[] = [
  {
    id: "smoke-leader",
    number: "S1",
    objective: "One pod leads.",
    remedy: "See one-leader.",
    parts: [{ phase: "post", run: tellsOfOneLeader }],
  },
  {
    id: "smoke-events",
    number: "S2",
    objective: "The log has events.",
    remedy: "See event-written.",
    parts: [{
      phase: "post",
      async run({ log }, signal) {
        const { nextSeq } = await untilGivenUp((await log()).head(), signal);
        return judged(
          [count(nextSeq, "event")],
          nextSeq < FEWEST ? [`the log has ${count(nextSeq, "event")}, not ${FEWEST}`] : [],
        );
      },
    }],
  },
  {
    id: "smoke-write-once",
    number: "S3",
    objective: "What is written conditionally cannot be written again.",
    remedy: "See bucket-policy.",
    parts: [{
      phase: "post",
      async run({ bucket }) {
        if (bucket.kind === "none") return notApplicable(bucket.reason);
        if (bucket.tried === undefined) return notApplicable("with --policy nothing is written");
        const { attempts } = await bucket.tried();
        const conditional = attempts.slice(1);
        return judged(conditional.map(attemptText), [
          ...conditional.filter(({ holds }) => !holds).map(attemptText),
          ...conditional.length < 2 ? ["there was no second write"] : [],
        ]);
      },
    }],
  },
  {
    id: "smoke-zones",
    number: "S4",
    objective: "The operator's pods are in two zones at least.",
    remedy: "See zone-spread.",
    parts: [{ phase: "post", run: podsAreSpread }],
  },
];

/** How many events the first agent brings about, at least. */
const FEWEST = 2;
