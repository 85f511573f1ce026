import type { Finding } from "../../policy/lint.ts";

/** A finding on one line: `FILE: error Statement[0].Action: what to do [rule]`. */
export function findingLine(file: string, { severity, path, message, rule }: Finding): string {
  const where = path === "" ? severity : `${severity} ${path}`;
  return `${file}: ${where}: ${message} [${rule}]`;
}

/** How many errors and warnings: `1 error, 2 warnings`. */
export function countFindings(findings: readonly Finding[]): string {
  const errors = findings.filter(isError).length;
  return `${count(errors, "error")}, ${count(findings.length - errors, "warning")}`;
}

/** Whether a finding makes a policy unfit for use. */
export function isError({ severity }: Finding): boolean {
  return severity === "error";
}

/** A number with its noun: `1 file`, `2 files`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
