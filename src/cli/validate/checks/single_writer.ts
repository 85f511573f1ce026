import type { PolicyDocument, PrincipalPattern } from "../../../policy/document.ts";
import { prefixOverlap } from "../../../policy/overlap.ts";
import { actionsOf } from "../../../policy/reach.ts";
import { writersOf, type WrittenPlace } from "../../../policy/writers.ts";
import { count } from "../../policy/findings.ts";
import { principalName } from "../../policy/verify/report.ts";
import type { Check } from "../check.ts";
import { type Finding, judged, notApplicable } from "../finding.ts";
import { untilGivenUp } from "../until_given_up.ts";

export const singleWriter: Check = {
  id: "single-writer",
  number: "7",
  objective: "By the bucket's policy exactly one principal, the operator's, may write events.",
  remedy:
    "Let one Allow for s3:PutObject name the operator's user or role, and no other statement " +
    "allow it; policies/events-single-writer.json does.",
  parts: [{
    phase: "pre",
    async run({ bucket }, signal) {
      if (bucket.kind === "none") return notApplicable(bucket.reason);
      return writersIn(await untilGivenUp(bucket.policy(), signal), bucket.place);
    },
  }],
};

/** Whether a policy lets exactly one principal write at a place. */
export function writersIn(document: PolicyDocument, place: WrittenPlace): Finding {
  const writers = writersOf(document, place);
  const principals = new Map(
    writers.map(({ principal }) => [JSON.stringify(principal), principal] as const),
  );
  const negated = document.statements.filter(({ effect, principals, actions, resources }) =>
    effect === "Allow" && principals.negated && actionsOf(actions).includes("s3:PutObject") &&
    prefixOverlap(resources, place) !== "none"
  );
  const vague = [...principals.values()].filter(({ kind }) => MANY.has(kind));
  const where = `${place.bucket}/${place.prefix}*`;
  return judged(
    writers.map(({ principal, statement: { path } }) =>
      `${path} lets ${principalName(principal)} write ${where}`
    ),
    [
      ...principals.size === 1
        ? []
        : [`the policy lets ${count(principals.size, "principal")} write ${where}, not 1`],
      ...vague.map((principal) => `${principalName(principal)} may be many`),
      ...negated.map(({ path }) => `${path} lets everybody write but its NotPrincipal`),
    ],
  );
}

/** Patterns that mean more than one. */
const MANY: ReadonlySet<PrincipalPattern["kind"]> = new Set(["everyone", "account"]);
