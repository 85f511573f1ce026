import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import { readArguments } from "../../src/cli/command.ts";
import { everyCommand } from "../../src/cli/commands.ts";
import { configReference } from "../../src/config/reference.ts";
import { REPOSITORY } from "../harness/server.ts";
import { filesIn, readAlerts } from "./alerts.ts";
import { EXPORTED, LABEL_VALUES, labelsOfSeries } from "./exported_metrics.ts";
import { queryFaults } from "./query_faults.ts";
import { type Page, partsOf, readPage, RUNBOOKS_DIRECTORY, wordsOf } from "./runbooks.ts";

/** Where `runbook_url` says that this repository is. */
const PUBLISHED = "https://github.com/holdfast/holdfast/blob/main/";

const SECTIONS = [
  "Meaning",
  "Impact",
  "Diagnosis",
  "Resolution",
  "False positives",
  "After the incident",
];

const ALERTS = await readAlerts();
const INDEX = await readPage(join(RUNBOOKS_DIRECTORY, "README.md"));
const PAGES: ReadonlyMap<string, Page> = new Map(
  await Promise.all(
    (await filesIn(RUNBOOKS_DIRECTORY)).map(async (file) =>
      [file, await readPage(join(RUNBOOKS_DIRECTORY, file))] as const
    ),
  ),
);

Deno.test("every alert has a page, and every page an alert", () => {
  const expected = ["README.md", ...ALERTS.map(({ alert }) => `${alert}.md`)].sort();
  assert.deepEqual([...PAGES.keys()], expected);
});

for (const { alert, annotations, labels } of ALERTS) {
  const page = PAGES.get(`${alert}.md`);
  assert(page, `${alert} has no page`);

  Deno.test(`the link in ${alert} leads to a heading that is there`, () => {
    const [address = "", anchor = ""] = annotations.runbook_url.split("#");
    assert.equal(address, `${PUBLISHED}deploy/runbooks/${alert}.md`);
    assert.ok(page.anchors.includes(anchor), `no #${anchor}`);
  });

  Deno.test(`the page of ${alert} has its sections, and says how severe it is`, () => {
    const main = page.headings.filter((heading) => /^##? /.test(heading));
    assert.deepEqual(main, [`# ${alert}`, ...SECTIONS.map((section) => `## ${section}`)]);
    const severity = /\n\n(Critical|Warning)\. /.exec(page.text)?.[1]?.toLowerCase();
    assert.equal(severity, labels.severity);
    assert.ok(
      INDEX.text.includes(`[${alert}](${alert}.md)`) &&
        new RegExp(`\\(${alert}\\.md\\) +\\| ${severity} +\\|`).test(INDEX.text),
      "the index has it otherwise",
    );
  });
}

const MATRICES: Readonly<Record<string, string>> = {
  RynxsEventStoreErrorsHigh: "error_type",
  RynxsS3PutObjectFailuresHigh: "error_type",
  RynxsLeaderElectionFailuresHigh: "reason",
};

for (const [alert, label] of Object.entries(MATRICES)) {
  Deno.test(`${alert} says for each ${label} what to do`, () => {
    const rows = PAGES.get(`${alert}.md`)?.rows ?? [];
    const first = rows.indexOf(`\`${label}\``);
    const values = rows.slice(first + 2).map((cell) => cell.replaceAll("`", ""));
    assert.deepEqual(values.sort(), [...LABEL_VALUES[label] ?? []].sort());
  });
}

/** What pages have people look for in the logs, and where it is written. */
const LOGGED: Readonly<Record<string, string>> = {
  "the lease of the leader": "src/operator/lease/lease_hold.ts",
  "Lost leadership": "src/operator/lease/leader_election.ts",
  "a request failed": "src/s3api/handler.ts",
};

for (const [words, source] of Object.entries(LOGGED)) {
  Deno.test(`"${words}" is something that is logged, and that a page names`, async () => {
    const code = await Deno.readTextFile(join(REPOSITORY, source));
    assert.match(code, new RegExp(`(?:log(?:\\.\\w+|\\[.+\\])\\(|message = )[\"\`].*${words}`));
    assert.ok([...PAGES.values()].some(({ text }) => text.includes(words)));
  });
}

const CONFIGURATION = configReference();
const VALUES: unknown = parse(
  await Deno.readTextFile(join(REPOSITORY, "deploy/helm/holdfast/values.yaml")),
);
const SOURCES = await sourcesOf("src/config");

for (const [file, page] of PAGES) {
  Deno.test(`the links of ${file} lead somewhere`, async () => {
    for (const link of page.links) {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? join(RUNBOOKS_DIRECTORY, file) : join(RUNBOOKS_DIRECTORY, path);
      const { isDirectory } = await Deno.stat(target);
      if (isDirectory || anchor === undefined) continue;
      assert.ok((await readPage(target)).anchors.includes(anchor), `${link}: no such heading`);
    }
  });

  Deno.test(`every holdfast command in ${file} is one`, async () => {
    for (const words of page.commands.flatMap(partsOf).map(wordsOf).filter(isHoldfast)) {
      const { command, rest } = await findCommand(words);
      readArguments(command, rest);
    }
    // In the text a command may be named without all that it takes.
    for (const words of page.spans.map(wordsOf).filter(isHoldfast)) {
      const { command, rest } = await findCommand(words);
      for (const option of rest.filter((word) => word.startsWith("--"))) {
        assert.ok(option.slice(2) in command.options, `${words.join(" ")}: no ${option}`);
      }
    }
  });

  Deno.test(`what ${file} forwards is waited for, and ended`, () => {
    const count = (found: RegExp) => page.commands.filter((command) => found.test(command)).length;
    const forwarded = count(/port-forward .*&$/);
    assert.equal(count(/^curl .*--retry-connrefused .*localhost/), forwarded);
    assert.equal(count(/^kill %1$/), forwarded);
  });

  Deno.test(`every metric that ${file} names is exported, and every query has an answer`, () => {
    for (const pattern of page.commands.flatMap(patternsIn)) {
      if (!/(?:rynxs|s3proxy)_/.test(pattern)) continue;
      const found = [...EXPORTED.keys()].some((name) => new RegExp(pattern).test(name));
      assert.ok(found, `grep '${pattern}' finds nothing`);
    }
    for (const span of page.spans) {
      if (/^(?:rynxs|s3proxy|holdfast)_\w+$/.test(span)) {
        assert.ok(EXPORTED.has(span) || labelsOfSeries(span), `nobody exports ${span}`);
      } else if (/(?:rynxs|s3proxy)_\w+/.test(span)) {
        assert.deepEqual(queryFaults(span), [], span);
      }
    }
  });

  Deno.test(`every setting and variable that ${file} names is there`, () => {
    for (const span of page.spans) {
      if (/^(?:RYNXS|S3|EVENT_STORE)_[A-Z_]+$/.test(span)) {
        assert.ok(SOURCES.includes(`"${span}"`), `nothing reads ${span}`);
      }
      if (/^[a-z]\w*(?:\.[a-z]\w*)+$/i.test(span) && !/\.(?:ya?ml|md|json|pem|pub)$/.test(span)) {
        const isConfigured = CONFIGURATION.includes(`\`${span}`);
        assert.ok(isConfigured || valueAt(span), `no setting ${span}`);
      }
    }
  });
}

/** Whether it runs one of our commands, and not any of a group. */
function isHoldfast([program, ...rest]: readonly string[]): boolean {
  return program === "holdfast" && rest.length > 0 && !rest.includes("…");
}

/** The command, and what it is given. Throws where there is none of that name. */
async function findCommand([, ...words]: readonly string[]) {
  const row = everyCommand().find(({ name }) => `${words.join(" ")} `.startsWith(`${name} `));
  assert(row, `there is no holdfast ${words.join(" ")}`);
  const { command } = await row.load();
  return { command, rest: words.slice(row.name.split(" ").length) };
}

/** What is looked for with grep. */
function patternsIn(command: string): readonly string[] {
  return partsOf(command).map(wordsOf).flatMap(([program, ...rest]) =>
    program === "grep" ? rest.filter((word) => !word.startsWith("-")) : []
  );
}

/** Whether the chart's values have something under a dotted name. */
function valueAt(path: string): boolean {
  let value: unknown = VALUES;
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null || !(name in value)) return false;
    value = Object.entries(value).find(([key]) => key === name)?.[1];
  }
  return true;
}

async function sourcesOf(directory: string): Promise<string> {
  const files = await filesIn(join(REPOSITORY, directory));
  const texts = await Promise.all(
    files.map((file) => Deno.readTextFile(join(REPOSITORY, directory, file))),
  );
  return texts.join("\n");
}
