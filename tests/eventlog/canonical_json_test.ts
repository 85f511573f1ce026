import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { z } from "zod";
import { canonicalJson } from "../../src/eventlog/canonical_json.ts";
import { DEEPEST, JsonError, JsonNumber, parseJson } from "../../src/eventlog/json.ts";
import { floatText, numberText } from "../../src/eventlog/number_text.ts";
import { eventHash, FIRST_PREV_HASH } from "../../src/eventlog/record.ts";

const vectorsSchema = z.object({
  vectors: z.array(z.object({
    name: z.string(),
    json: z.string(),
    canonical: z.string(),
    sha256: z.string(),
    event_hash_v1: z.string(),
    event_hash_v2: z.string(),
  })).min(20),
});

const { vectors } = vectorsSchema.parse(
  JSON.parse(
    await Deno.readTextFile(new URL("data/canonical-json.json", import.meta.url)),
  ),
);

for (const vector of vectors) {
  Deno.test(`canonicalJson writes what Python writes: ${vector.name}`, () => {
    const value = parseJson(vector.json);
    const written = canonicalJson(value);
    assert.equal(written, vector.canonical);
    assert.equal(createHash("sha256").update(written).digest("hex"), vector.sha256);
    const event = {
      type: "Vector",
      aggregateId: "agg-1",
      seq: 7,
      ts: new JsonNumber("1700000000"),
      payload: { v: value },
      meta: {},
    };
    assert.deepEqual(
      [
        eventHash(FIRST_PREV_HASH, { ...event, hashVersion: "v1" }),
        eventHash(FIRST_PREV_HASH, { ...event, hashVersion: "v2" }),
      ],
      [vector.event_hash_v1, vector.event_hash_v2],
    );
  });
}

Deno.test("canonicalJson has one form for a value, however it was written", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const canonical = canonicalJson(parseJson(JSON.stringify(value)));
    assert.equal(canonicalJson(parseJson(JSON.stringify(value, null, 2))), canonical);
    assert.equal(canonicalJson(parseJson(canonical)), canonical);
    assert.deepEqual(JSON.parse(canonical), JSON.parse(JSON.stringify(value)));
  }));
});

Deno.test("floatText means the same double, in Python's form", () => {
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
    const written = floatText(value);
    assert.ok(Object.is(Number(written), value), written);
    assert.match(written, /^-?(?:\d+\.\d+|\d(?:\.\d+)?e[+-]\d{2,3})$/);
  }));
});

Deno.test("numberText keeps integers and rewrites floats", () => {
  for (
    const [written, expected] of [
      ["0", "0"],
      ["-0", "0"],
      ["-12", "-12"],
      ["9".repeat(400), "9".repeat(400)],
      ["1e22", "1e+22"],
      ["1E+2", "100.0"],
      ["123456789012345678.0", "1.2345678901234568e+17"],
      ["9999999999999998.0", "9999999999999998.0"],
      ["1e16", "1e+16"],
      ["0.0001", "0.0001"],
      ["0.00012345", "0.00012345"],
      ["0.00001", "1e-05"],
      ["5e-324", "5e-324"],
      ["1e-400", "0.0"],
      ["-1e-400", "-0.0"],
      ["1.7976931348623157e308", "1.7976931348623157e+308"],
    ] as const
  ) assert.equal(numberText(written), expected);
});

Deno.test("what JSON cannot hold, or Python would write as Infinity, is refused", () => {
  for (
    const text of ["", "{", "NaN", "Infinity", "1e999", "-1e999", "[1,]", "{'a':1}", '"\\ud800"']
  ) assert.throws(() => canonicalJson(parseJson(text)), JsonError, text);
  assert.throws(() => canonicalJson(parseJson('{"\\udc00":1}')), JsonError);
});

Deno.test("nesting has a bound, and far beyond it too", () => {
  const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  assert.equal(canonicalJson(parseJson(nested(DEEPEST))), nested(DEEPEST));
  for (const levels of [DEEPEST + 2, 100_000]) {
    assert.throws(() => parseJson(nested(levels)), JsonError, String(levels));
  }
});
