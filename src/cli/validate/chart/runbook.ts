/**
 * What runbooks say about an alert.
 *
 * @module
 */
import { join } from "node:path";
import { readTextFile } from "../../text_file.ts";

/** The part of a runbook that is about one alert. */
export interface RunbookSection {
  /** Path of the file. */
  readonly path: string;
  /** Titles below the one that names the alert. */
  readonly titles: readonly string[];
  /** What stands in the first cells of its tables. */
  readonly rows: readonly string[];
}

/**
 * What the Markdown files in a directory, or one file, say under a heading that names an alert.
 *
 * @returns `undefined` where there is no such heading
 * @throws {Error} whose message begins with the path and says what is wrong with it
 */
export async function findRunbook(
  path: string,
  alert: string,
): Promise<RunbookSection | undefined> {
  for (const file of await filesAt(path)) {
    const section = await readTextFile(file, (text) => sectionAbout(text, alert));
    if (section !== undefined) return { path: file, ...section };
  }
  return undefined;
}

/** What a Markdown text says under a heading that names an alert, up to the next as high. */
export function sectionAbout(
  text: string,
  alert: string,
): Omit<RunbookSection, "path"> | undefined {
  const lines = withoutCode(text);
  const isAbout = new RegExp(`\\b${alert}\\b`);
  const start = lines.findIndex((line) => levelOf(line) > 0 && isAbout.test(line));
  if (start < 0) return undefined;
  const level = levelOf(lines[start]!);
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => levelOf(line) > 0 && levelOf(line) <= level);
  const section = end < 0 ? rest : rest.slice(0, end);
  return {
    titles: section.filter((line) => levelOf(line) > 0).map((line) => line.replace(/^#+\s*/, "")),
    rows: section.flatMap((line) => /^\s*\|\s*([^|]*?)\s*\|/.exec(line)?.[1] ?? []),
  };
}

/** In code, lines of comments look like headings. */
function withoutCode(text: string): readonly string[] {
  let isCode = false;
  return text.split("\n").filter((line) => {
    const isFence = /^\s*(?:```|~~~)/.test(line);
    if (isFence) isCode = !isCode;
    return !isFence && !isCode;
  });
}

/** 0 for what is no heading. */
function levelOf(line: string): number {
  return /^#{1,6}(?=\s)/.exec(line)?.[0].length ?? 0;
}

async function filesAt(path: string): Promise<readonly string[]> {
  if (!(await Deno.stat(path)).isDirectory) return [path];
  const files: string[] = [];
  for await (const { name, isFile } of Deno.readDir(path)) {
    if (isFile && name.endsWith(".md")) files.push(join(path, name));
  }
  return files.sort();
}
