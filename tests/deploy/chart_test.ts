import assert from "node:assert/strict";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { chartValues, generated } from "../../deploy/helm/generate.ts";
import { VERSION } from "../../src/version.ts";
import { readConfiguration } from "./configuration.ts";

const CHART = new URL("../../deploy/helm/holdfast/", import.meta.url);

const tree: z.ZodType<Tree> = z.lazy(() => z.record(z.string(), z.union([tree, z.unknown()])));

interface Tree {
  readonly [name: string]: unknown;
}

async function defaults(): Promise<Tree> {
  return tree.parse(parse(await Deno.readTextFile(new URL("values.yaml", CHART))));
}

Deno.test("the chart's README and its copies of the alerts are up to date", async () => {
  const expected = await generated();
  assert.ok(expected.size > 1);
  for (const [href, text] of expected) {
    assert.equal(
      await Deno.readTextFile(new URL(href)),
      text,
      `${href} is not up to date: deno run --allow-read --allow-write --allow-env deploy/helm/generate.ts`,
    );
  }
});

Deno.test("the chart has no alerts of its own", async () => {
  const expected = await generated();
  for await (const { name } of Deno.readDir(new URL("files/", CHART))) {
    assert.ok(expected.has(new URL(`files/${name}`, CHART).href), name);
  }
});

Deno.test("each value says what it is for", async () => {
  for (const { path, meaning } of await chartValues()) {
    assert.match(meaning, /\.$/, path);
  }
});

Deno.test("each default is in the schema, which refuses what it does not know", async () => {
  const known = new Set((await chartValues()).map(({ path }) => path));
  for (const path of leaves(await defaults(), known)) assert.ok(known.has(path), path);
});

Deno.test("the chart has the program's version", async () => {
  const chart = tree.parse(parse(await Deno.readTextFile(new URL("Chart.yaml", CHART))));
  assert.deepEqual([chart["version"], chart["appVersion"]], [VERSION, VERSION]);
});

Deno.test("the configuration for production is one, with the entries of the Secret that it names", async () => {
  const text = await Deno.readTextFile(new URL("values-production.yaml", CHART));
  const { server } = z.object({ server: z.object({ config: tree }) }).parse(parse(text));
  // The comment at the beginning says what the Secret has.
  const [described] = text.match(/Secret holdfast-server with[^.]+\./) ?? [""];
  const config = await readConfiguration(
    stringify(server.config),
    described.match(/[A-Z_]{5,}/g) ?? [],
  );
  assert.equal(config.database?.password, "the DATABASE_PASSWORD");
  assert.equal(config.log.location.kind, "holdfast");
});

Deno.test("no value takes a password", async () => {
  const known = new Set((await chartValues()).map(({ path }) => path));
  assert.deepEqual([...known].filter((path) => /password|rootUser/i.test(path)), []);
});

function leaves(node: Tree, known: ReadonlySet<string>, path: readonly string[] = []): string[] {
  return Object.entries(node).flatMap(([name, value]) => {
    const here = [...path, name];
    const parsed = tree.safeParse(value);
    if (!parsed.success || known.has(here.join("."))) return [here.join(".")];
    return leaves(parsed.data, known, here);
  });
}
