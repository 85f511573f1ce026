import { isAbout } from "../../../policy/lint/conditions.ts";
import type { Condition, PolicyDocument, Statement } from "../../../policy/document.ts";
import { prefixOverlap } from "../../../policy/overlap.ts";
import { actionsOf } from "../../../policy/reach.ts";
import type { WrittenPlace } from "../../../policy/writers.ts";
import type { Attempt } from "../../policy/verify/attempts.ts";
import type { Removal } from "../../policy/verify/removal.ts";
import type { VerifyReport } from "../../policy/verify/report.ts";
import type { Check } from "../check.ts";
import type { Context } from "../context.ts";
import { type Finding, judged, notApplicable } from "../finding.ts";
import { untilGivenUp } from "../until_given_up.ts";

export const bucketPolicy: Check = {
  id: "bucket-policy",
  number: "1",
  objective: "The bucket takes an event only where there is none yet (If-None-Match).",
  remedy: 'Put a policy such as policies/events-append-only.json with "holdfast policy apply"; ' +
    "where the store does not enforce it, put Holdfast in front of it.",
  parts: [
    {
      phase: "pre",
      async run({ bucket }, signal) {
        if (bucket.kind === "none") return notApplicable(bucket.reason);
        return conditionIn(await untilGivenUp(bucket.policy(), signal), bucket.place);
      },
    },
    { phase: "pre", run: triedWrites },
  ],
};

const KEY = "s3:if-none-match";

/** Whether a policy asks for the condition on the events of a place. */
export function conditionIn({ statements }: PolicyDocument, place: WrittenPlace): Finding {
  const about = statements
    .filter(({ actions, resources }) =>
      actionsOf(actions).includes("s3:PutObject") && prefixOverlap(resources, place) !== "none"
    )
    .flatMap((statement) =>
      statement.conditions.filter((each) => isAbout(each, KEY))
        .map((condition) => ({ statement, condition }))
    );
  const asking = about.filter(({ statement, condition }) => asksForHeader(statement, condition));
  const misspelt = about.filter(({ condition: { key } }) => key !== KEY);
  const seen = about.map(({ statement, condition: { operator, key, values, path } }) =>
    `${path}: ${statement.effect} where ${operator} {"${key}": "${values.join('", "')}"}`
  );
  return judged(seen, [
    ...asking.length === 0
      ? [`no statement about writing ${place.bucket}/${place.prefix}* has the condition ${WANTED}`]
      : [],
    ...misspelt.map(({ condition: { key, path } }) => `${path}: write ${key} as AWS does: ${KEY}`),
  ]);
}

const WANTED = `Null {"${KEY}": "false"}`;

/** An Allow for requests with the header, or, which says the same, a Deny for those without. */
function asksForHeader({ effect }: Statement, { operator, values }: Condition): boolean {
  const value = effect === "Allow" ? "false" : "true";
  return operator === "Null" && values.length === 1 && values[0] === value;
}

/** Not given up half-way, for what was made is to be removed; each of its calls has a limit. */
async function triedWrites({ bucket }: Context): Promise<Finding> {
  if (bucket.kind === "none") return notApplicable(bucket.reason);
  if (bucket.tried === undefined) {
    return notApplicable("with --policy nothing is written: its bucket need not be there yet");
  }
  const { attempts, objects, advice }: VerifyReport = await bucket.tried();
  return judged(
    [...attempts.map(attemptText), ...objects.map(remainsText)],
    [
      ...attempts.filter(({ holds }) => !holds).map(attemptText),
      ...advice === undefined ? [] : [advice],
    ],
  );
}

/** An attempt, and what came of it. */
export function attemptText({ what, expected, got, holds }: Attempt): string {
  return holds ? `${what}: ${got}` : `${what}: ${got} instead of ${expected}`;
}

function remainsText({ key, removed, reason }: Removal): string {
  return removed ? `${key} was removed again` : `${key} stays: ${reason}`;
}
