/**
 * Pages in Markdown, as tests look at them.
 * Source: CommonMark 0.31; GitHub's anchors of headings.
 *
 * @module
 */
import { join } from "node:path";
import { REPOSITORY } from "../harness/server.ts";

/** Where the runbooks are. */
export const RUNBOOKS_DIRECTORY: string = join(REPOSITORY, "deploy/runbooks");

/** A page. */
export interface Page {
  readonly text: string;
  /** Each with its number signs: `## Meaning`. */
  readonly headings: readonly string[];
  /** What can stand behind `#` in a link to it. */
  readonly anchors: readonly string[];
  /** Targets of its links. */
  readonly links: readonly string[];
  /** What it has people type: each command of its blocks, without comments. */
  readonly commands: readonly string[];
  /** What stands between backticks in its text. */
  readonly spans: readonly string[];
  /** First cells of the rows of its tables. */
  readonly rows: readonly string[];
}

/** Reads a page. */
export async function readPage(path: string): Promise<Page> {
  return pageOf(await Deno.readTextFile(path));
}

/** What a page consists of. */
export function pageOf(text: string): Page {
  const blocks = [...text.matchAll(/^ *```(\w*)\n([^]*?)^ *```$/gm)];
  const prose = blocks.reduce((rest, [block]) => rest.replace(block, ""), text);
  const headings = prose.split("\n").filter((line) => /^#{1,6} /.test(line));
  return {
    text,
    headings,
    anchors: headings.map(anchorOf),
    links: [...prose.matchAll(/\]\(([^)]+)\)/g)].map(([, target = ""]) => target),
    commands: blocks.flatMap(([, language, body = ""]) => language === "sh" ? linesOf(body) : []),
    spans: [...prose.matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span.replace(/\s+/g, " ")),
    rows: [...prose.matchAll(/^\| *(.+?) *\|/gm)].map(([, cell = ""]) => cell),
  };
}

/** The words of a command, without quotes; variables stay as they are. */
export function wordsOf(command: string): readonly string[] {
  return (command.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []).map((word) =>
    word.replaceAll(/["']/g, "")
  );
}

/** Commands that follow one another in a pipe or in a line. Knows no quoted bars. */
export function partsOf(command: string): readonly string[] {
  const parts = command.match(/(?:"[^"]*"|'[^']*'|[^|;"'])+/g) ?? [];
  return parts.map((part) => part.trim().replace(/^(?:do|time)\s+/, ""));
}

function linesOf(body: string): readonly string[] {
  return body.replaceAll(/\\\n\s*/g, "").split("\n").map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

function anchorOf(heading: string): string {
  return heading.replace(/^#+ /, "").toLowerCase().replaceAll(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}
