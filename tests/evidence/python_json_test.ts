import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { canonicalJson } from "../../src/eventlog/canonical_json.ts";
import { JsonError, parseJson } from "../../src/eventlog/json.ts";
import { evidenceChecksum, pythonJson } from "../../src/evidence/python_json.ts";

const vectorsSchema = z.object({
  vectors: z.array(z.object({
    name: z.string(),
    json: z.string(),
    evidence_checksum: z.string().length(64),
  })).min(22),
});

const { vectors } = vectorsSchema.parse(
  JSON.parse(
    await Deno.readTextFile(new URL("data/evidence-checksums.json", import.meta.url)),
  ),
);

for (const { name, json, evidence_checksum } of vectors) {
  Deno.test(`evidence has the checksum that Python computes: ${name}`, async () => {
    assert.equal(await evidenceChecksum(parseJson(json)), evidence_checksum);
  });
}

Deno.test("pythonJson escapes whatever is not ASCII, and separates as Python does", () => {
  for (
    const [written, expected] of [
      ['{"b":[1,2],"a":{}}', '{"a": {}, "b": [1, 2]}'],
      ['"é漢😀"', String.raw`"\u00e9\u6f22\ud83d\ude00"`],
      ['"\u007f/\\u0001\\b"', String.raw`"\u007f/\u0001\b"`],
      [String.raw`"\uD800"`, String.raw`"\ud800"`],
      ["[1E5,-0,1.10]", "[100000.0, 0, 1.1]"],
    ] as const
  ) assert.equal(pythonJson(parseJson(written)), expected);
});

Deno.test("pythonJson means what the canonical form means", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const written = pythonJson(parseJson(JSON.stringify(value)));

    assert.match(written, /^[ -~]*$/);
    assert.equal(
      canonicalJson(parseJson(written)),
      canonicalJson(parseJson(JSON.stringify(value))),
    );
  }));
});

Deno.test("numbers that Python could not read back are refused", () => {
  for (const text of ["1e999", "9".repeat(4_301), `[-${"9".repeat(4_301)}]`]) {
    assert.throws(() => pythonJson(parseJson(text)), JsonError, text.slice(0, 10));
  }
});
