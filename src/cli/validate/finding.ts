/**
 * What a check has found.
 *
 * @module
 */

/** How it ended. `not-applicable`: there is nothing there that could be right or wrong. */
export type Verdict = "pass" | "fail" | "not-applicable";

/** What was found. */
export interface Finding {
  readonly verdict: Verdict;
  /** What was seen, a line each. */
  readonly seen: readonly string[];
  /** Why it failed, or why it does not apply; a line each. */
  readonly reasons: readonly string[];
}

/** All is as it should be. */
export function passed(...seen: readonly string[]): Finding {
  return { verdict: "pass", seen, reasons: [] };
}

/** Something is not. */
export function failed(reason: string, seen: readonly string[] = []): Finding {
  return { verdict: "fail", seen, reasons: [reason] };
}

/** There is nothing to look at. */
export function notApplicable(reason: string): Finding {
  return { verdict: "not-applicable", seen: [], reasons: [reason] };
}

/** A pass where nothing is wrong, a fail for all that is. */
export function judged(seen: readonly string[], faults: readonly string[]): Finding {
  return { verdict: faults.length === 0 ? "pass" : "fail", seen, reasons: faults };
}

/** Findings about one thing, as one: each fail counts, and what does not apply does not. */
export function together(findings: readonly Finding[]): Finding {
  const verdicts = new Set(findings.map(({ verdict }) => verdict));
  return {
    verdict: GRAVEST.find((verdict) => verdicts.has(verdict)) ?? "not-applicable",
    seen: [...new Set(findings.flatMap(({ seen }) => seen))],
    reasons: [...new Set(findings.flatMap(({ reasons }) => reasons))],
  };
}

const GRAVEST: readonly Verdict[] = ["fail", "pass", "not-applicable"];
