/**
 * Writes the tables of the README that come from code: commands, S3 coverage and configuration.
 * With `--check` it only says whether they are up to date, and exits with 1 when they are not; so it
 * does when the README does not name a package that the import map has.
 *
 * @module
 */
import { everyCommand } from "../src/cli/commands.ts";
import { usage } from "../src/cli/help.ts";
import { configReference } from "../src/config/reference.ts";
import type { Operation } from "../src/s3api/operation.ts";
import { OPERATIONS } from "../src/s3api/operations.ts";

const README = new URL("../README.md", import.meta.url);

/** Wide tables are not worth the white space that the formatter would give them. */
const [IGNORE_START, IGNORE_END] = [
  "<!-- deno-fmt-ignore-start -->",
  "<!-- deno-fmt-ignore-end -->",
];

/** Each section between its two markers. */
const SECTIONS: Readonly<Record<string, () => string | Promise<string>>> = {
  "commands": commands,
  "s3-coverage": s3Coverage,
  "configuration": configReference,
};

/** The README's text with every generated section as the code has it now. */
export async function withSections(readme: string): Promise<string> {
  let text = readme;
  for (const [name, generate] of Object.entries(SECTIONS)) {
    const [start, end] = [`<!-- generated: ${name} -->\n`, `<!-- end: ${name} -->`];
    const [from, to] = [text.indexOf(start), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`README.md lacks the markers of ${name}`);
    const lines = [IGNORE_START, "", (await generate()).trim(), "", IGNORE_END];
    text = text.slice(0, from + start.length) + `\n${lines.join("\n")}\n\n` + text.slice(to);
  }
  return text;
}

async function commands(): Promise<string> {
  const rows = await Promise.all(
    everyCommand().map(async ({ name, load }) => {
      const { command } = await load();
      // A bar would end the cell, in code too.
      const written = usage(name, command).replaceAll("|", "\\|");
      return `| \`${written}\` | ${command.summary} |`;
    }),
  );
  return ["| subcommand | |", "|---|---|", ...rows].join("\n");
}

function s3Coverage(): string {
  const supported = OPERATIONS.filter((operation) => operation.handler !== undefined);
  const refused = OPERATIONS.filter((operation) => operation.handler === undefined);
  return [
    "| operation | request | IAM action | what is different from AWS |",
    "|---|---|---|---|",
    ...supported.map((operation) =>
      `| ${operation.name} | ${requestOf(operation)} | \`${operation.action}\` | ${
        operation.note ?? ""
      } |`
    ),
    "",
    `Answered with \`501 NotImplemented\` and the operation's name: ${
      refused.map((operation) => operation.name).join(", ")
    }.`,
  ].join("\n");
}

function requestOf({ method, on, query = [], headers = [] }: Operation): string {
  const path = { service: "/", bucket: "/{bucket}", object: "/{bucket}/{key}" }[on];
  const parameters = query.length > 0 ? `?${query.join("&")}` : "";
  const needed = headers.map((name) => ` with \`${name}\``).join("");
  return `\`${method} ${path}${parameters}\`${needed}`;
}

/** Packages of the import map that the README does not name. */
async function unexplained(readme: string): Promise<readonly string[]> {
  const manifest: { imports: Record<string, string> } = JSON.parse(
    await Deno.readTextFile(new URL("../deno.json", import.meta.url)),
  );
  return Object.keys(manifest.imports).filter((name) =>
    !name.startsWith("@types/") && !readme.includes(`\`${name}\``)
  );
}

if (import.meta.main) {
  const written = await Deno.readTextFile(README);
  const missing = await unexplained(written);
  if (missing.length > 0) {
    console.error(`README.md does not say what these are for: ${missing.join(", ")}`);
    Deno.exit(1);
  }
  const current = await withSections(written);
  if (!Deno.args.includes("--check")) await Deno.writeTextFile(README, current);
  else if (written !== current) {
    console.error("README.md is behind the code: run `deno task docs` and commit what it writes.");
    Deno.exit(1);
  }
}
