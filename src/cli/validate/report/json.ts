import { type Report, signOffOf } from "./sign_off.ts";

/** A report as `--json` prints it. */
export function jsonReport(report: Report): string {
  const { occasion, outcomes, leftOut } = report;
  const { approved, counts, risks } = signOffOf(report);
  const { at, ...where } = occasion;
  const shown = {
    approved,
    counts,
    checks: outcomes.map(({ check, verdict, seen, reasons, took }) => ({
      number: check.number,
      id: check.id,
      objective: check.objective,
      verdict,
      seen,
      reasons,
      remedy: verdict === "fail" ? check.remedy : undefined,
      seconds: took / 1_000,
    })),
    left_out: leftOut.map(({ id }) => id),
    risks,
    date: at.toISOString(),
    ...where,
  };
  return JSON.stringify(shown, null, 2);
}
