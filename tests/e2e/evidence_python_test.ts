import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { parseJson } from "../../src/eventlog/json.ts";
import { bundleText, readBundle } from "../../src/evidence/bundle.ts";
import { evidenceChecksum } from "../../src/evidence/python_json.ts";
import { toolPath } from "../harness/tools.ts";
import { sendJson, startEvidenceServer } from "./evidence_server.ts";
import { succeed } from "./program.ts";

const SCRIPT = new URL("evidence_python.py", import.meta.url).pathname;

/** Payloads of each kind. */
const COUNT = 300;

/** Runs the script over some lines, and gives what it prints. */
async function python(lines: readonly string[], ...args: string[]): Promise<readonly string[]> {
  const stdin = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
  const printed = await succeed(await toolPath("python"), [SCRIPT, ...args], {
    stdin,
    env: { PYTHONIOENCODING: "utf-8" },
  });
  return printed === "" ? [] : printed.trimEnd().split("\n");
}

/** Numbers as people and programs write them, which no value of the language keeps. */
const numberText = fc.oneof(
  fc.bigInt().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) =>
    JSON.stringify(Object.is(value, -0) ? 0 : value)
  ),
  fc.tuple(fc.integer(), fc.nat(999), fc.integer({ min: -320, max: 290 }))
    .map(([whole, fraction, power]) => `${whole}.${fraction}E${power < 0 ? power : `+${power}`}`),
  fc.constantFrom(
    "-0",
    "-0.0",
    "1.0",
    "1e16",
    "1e15",
    "0.1e-3",
    "5e-324",
    "1.7976931348623157e308",
  ),
);

/** Any evidence, as a text of JSON: also with halves of surrogate pairs in it. */
const evidenceText: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom("null", "true", "false"),
    numberText,
    fc.string({ unit: "binary" }).map((text) => JSON.stringify(text)),
    fc.string({
      unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    })
      .map((text) => JSON.stringify(text)),
    fc.array(tie("value"), { maxLength: 5 }).map((items) => `[${items.join(",")}]`),
    fc.array(fc.tuple(fc.string({ unit: "binary", maxLength: 8 }), tie("value")), { maxLength: 5 })
      .map((members) =>
        `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`
      ),
  ),
})).value;

/** The same ones every time it is run. */
function samples(seed: number): readonly string[] {
  return fc.sample(evidenceText, { numRuns: COUNT, seed });
}

/** Whether a text has no half of a surrogate pair in it: JSON is written with those escaped. */
function isWhole(text: string): boolean {
  return !/\\ud[89a-f]/.test(text);
}

Deno.test("Python computes the same checksums", async () => {
  const texts = samples(1);
  const ours = await Promise.all(texts.map((text) => evidenceChecksum(parseJson(text))));
  assert.deepEqual(await python(texts, "sum"), ours);
});

for (const layout of ["indent=2", "compact"]) {
  for (const characters of ["ascii", "utf-8"]) {
    Deno.test(`bundles that Python writes verify here: ${layout}, ${characters}`, async () => {
      const directory = await Deno.makeTempDir({ prefix: "holdfast-python-" });
      // A file in UTF-8 can have no half of a surrogate pair in it.
      const texts = samples(2).filter((text) => characters === "ascii" || isWhole(text));
      assert.ok(texts.length > COUNT / 3);
      const lines = texts.map((text, id) => `{"decision_id":"d${id}","evidence_data":${text}}`);
      await python(lines, "write", directory, layout, characters);
      for (const [id, text] of texts.entries()) {
        const bundle = readBundle(await Deno.readTextFile(join(directory, `d${id}.json`)));
        assert.equal(bundle.decisionId, `d${id}`);
        assert.equal(await evidenceChecksum(bundle.evidenceData), bundle.checksum, text);
        assert.equal(await evidenceChecksum(parseJson(text)), bundle.checksum, text);
      }
      await Deno.remove(directory, { recursive: true });
    });
  }
}

Deno.test("bundles that are written here verify in Python", async () => {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-python-" });
  const checksums: string[] = [];
  const paths: string[] = [];
  for (const [id, text] of samples(3).entries()) {
    const evidenceData = parseJson(text);
    const checksum = await evidenceChecksum(evidenceData);
    const path = join(directory, `${id}.json`);
    const bundle = {
      decisionId: `d${id}`,
      evidenceType: "decision",
      version: "1.0",
      createdAt: "2026-11-21T14:58:32Z",
      checksum,
      metadata: {},
      evidenceData,
    };
    await Deno.writeTextFile(path, bundleText(bundle));
    checksums.push(checksum);
    paths.push(path);
  }
  assert.deepEqual(await python(paths, "verify"), checksums);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("what a server stores verifies in Python, and is what Python would have stored", async () => {
  await using server = await startEvidenceServer();
  // What has no bytes in UTF-8 is not taken.
  const texts = samples(4).filter(isWhole).slice(0, 40);
  const checksums: string[] = [];
  const paths: string[] = [];
  for (const [id, text] of texts.entries()) {
    const body = `{"decision_id":"d${id}","evidence_data":${text}}`;
    const { checksum } = await (await sendJson(server, "", body)).json();
    const headers = { authorization: `Bearer ${server.token}` };
    const stored = await fetch(`${server.url}/d${id}`, { headers });
    const path = join(server.directory, `${id}.json`);
    await Deno.writeFile(path, await stored.bytes());
    checksums.push(checksum);
    paths.push(path);
  }
  assert.deepEqual(await python(texts, "sum"), checksums);
  assert.deepEqual(await python(paths, "verify"), checksums);
});
