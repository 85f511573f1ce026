/**
 * What all checks together come to.
 *
 * @module
 */
import type { Check } from "../check.ts";
import type { Verdict } from "../finding.ts";
import type { Outcome } from "../run_checks.ts";

/** Where the checks were run, and when. */
export interface Occasion {
  readonly at: Date;
  /** Who ran them, where the system says. */
  readonly by?: string;
  /** Of this program. */
  readonly version: string;
  /** URL of the API server; absent where none was asked. */
  readonly cluster?: string;
  readonly namespace: string;
  /** Where the log is. */
  readonly log: string;
}

/** What was run, what not, and when. */
export interface Report {
  readonly occasion: Occasion;
  readonly outcomes: readonly Outcome[];
  readonly leftOut: readonly Check[];
}

/** What somebody signs. */
export interface SignOff {
  /** Whether nothing failed, and something passed. */
  readonly approved: boolean;
  readonly counts: Readonly<Record<Verdict, number>>;
  /** What can go wrong all the same; a line each. */
  readonly risks: readonly string[];
}

/** What is so however the checks end. */
const STANDING_RISKS = [
  "Two operators may both believe to lead for a while; conditional appends let one of them write.",
  "Fencing tokens prevent nothing: they tell afterwards who wrote what.",
  "Who owns the bucket or its account can change the policy, and need not be named in it.",
];

/** Sums up a report. */
export function signOffOf({ outcomes, leftOut }: Report): SignOff {
  const count = (wanted: Verdict) => outcomes.filter(({ verdict }) => verdict === wanted).length;
  const counts = {
    pass: count("pass"),
    fail: count("fail"),
    "not-applicable": count("not-applicable"),
  };
  return {
    approved: counts.fail === 0 && counts.pass > 0,
    counts,
    risks: [
      ...outcomes.filter(({ verdict }) => verdict === "fail")
        .map(({ check }) => `Failed: ${check.id}.`),
      ...outcomes.filter(({ verdict }) => verdict === "not-applicable")
        .map(({ check, reasons }) => `Not looked at: ${check.id}, for ${reasons.join("; ")}.`),
      ...leftOut.length === 0
        ? []
        : [`Left out of this run: ${leftOut.map(({ id }) => id).join(", ")}.`],
      ...STANDING_RISKS,
    ],
  };
}
