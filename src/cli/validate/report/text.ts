/**
 * A report to read: a table, and what is to be signed.
 *
 * @module
 */
import { factLines, printable } from "../../log/printable.ts";
import type { Verdict } from "../finding.ts";
import type { Outcome } from "../run_checks.ts";
import { type Report, signOffOf } from "./sign_off.ts";

/** How to show it. */
export interface TextOptions {
  /** Of the terminal in characters; without it no line is broken. */
  readonly width?: number;
  readonly hasColours: boolean;
}

/** A report as lines. */
export function textReport(report: Report, options: TextOptions): readonly string[] {
  return [...tableLines(report.outcomes, options), "", ...signOffLines(report, options)];
}

const TITLES = ["#", "CHECK", "RESULT"];
const GAP = "  ";

/** No narrower than this is what was seen. */
const NARROWEST = 30;

const SHOWN: Readonly<Record<Verdict, { readonly word: string; readonly colour: number }>> = {
  pass: { word: "pass", colour: 32 },
  fail: { word: "FAIL", colour: 31 },
  "not-applicable": { word: "n/a", colour: 33 },
};

function tableLines(outcomes: readonly Outcome[], options: TextOptions): readonly string[] {
  const rows = outcomes.map(({ check: { number, id }, verdict }) => [
    number,
    id,
    SHOWN[verdict].word,
  ]);
  const widths = TITLES.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0))
  );
  const left = (cells: readonly string[]) =>
    cells.map((cell, column) => cell.padEnd(widths[column] ?? 0) + GAP).join("");
  const indent = left(TITLES.map(() => ""));
  const room = Math.max(NARROWEST, (options.width ?? Infinity) - indent.length);
  return [
    `${left(TITLES)}WHAT WAS SEEN`,
    ...outcomes.flatMap((outcome, index) => {
      const { word, colour } = SHOWN[outcome.verdict];
      const begin = left(rows[index] ?? []).replace(word, painted(word, colour, options));
      return detailLines(outcome).flatMap((line) => broken(line, room))
        .map((line, at) => (at === 0 ? begin : indent) + line);
    }),
  ];
}

function detailLines({ check, verdict, seen, reasons }: Outcome): readonly string[] {
  return [
    check.objective,
    ...labelled("seen", seen),
    ...labelled(verdict === "fail" ? "why" : "note", reasons),
    ...labelled("do", verdict === "fail" ? [check.remedy] : []),
  ];
}

function labelled(label: string, texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => `${label}: ${text}`.split("\n")).map(printable);
}

function signOffLines(report: Report, options: TextOptions): readonly string[] {
  const {
    occasion: {
      at,
      by = "nobody in particular",
      version,
      cluster = "none was asked",
      namespace,
      log,
    },
  } = report;
  const { approved, counts, risks } = signOffOf(report);
  const said = report.leftOut.length === 0 ? "approved" : "approved, for what was looked at";
  const word = approved ? painted(said, 32, options) : painted("NOT approved", 31, options);
  const facts = [
    ["sign-off", word],
    [
      "checks",
      `${counts.pass} passed, ${counts.fail} failed, ${counts["not-applicable"]} not applicable`,
    ],
    ["date", at.toISOString()],
    ["by", printable(by)],
    ["cluster", printable(cluster)],
    ["namespace", printable(namespace)],
    ["log", printable(log)],
    ["version", `holdfast ${version}`],
    ["risks", risks.map(printable).join("\n")],
  ] as const;
  const indent = Math.max(...facts.map(([name]) => name.length)) + GAP.length;
  const room = Math.max(NARROWEST, (options.width ?? Infinity) - indent);
  return factLines(
    facts.map(([name, text]) =>
      [name, text.split("\n").flatMap((line) => broken(line, room)).join("\n")] as const
    ),
  ).flatMap((line) => line.split("\n"));
}

function painted(text: string, colour: number, { hasColours }: TextOptions): string {
  return hasColours ? `\x1b[${colour}m${text}\x1b[0m` : text;
}

/** A line as several, between words. Commands, which are indented, stay whole to be copied. */
function broken(line: string, room: number): readonly string[] {
  if (line.length <= room || line.startsWith(" ")) return [line];
  const lines: string[] = [""];
  for (const word of line.split(" ")) {
    const last = lines.at(-1) ?? "";
    const longer = last === "" ? word : `${last} ${word}`;
    if (last !== "" && longer.length > room) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
