import assert from "node:assert/strict";
import { canonicalJson } from "../../src/eventlog/canonical_json.ts";
import { DEEPEST, JsonError, JsonNumber, parseJson } from "../../src/eventlog/json.ts";

Deno.test("a name with an escape is never taken for one that was read before", () => {
  // The engine's own reader takes each second name for the first.
  const pairs = [
    ["\\\\", "\\n"],
    ["\\\\", '\\"'],
    ["x\\\\", "x\\u00e9"],
    ["\\\\n", "\\n-"],
    ["\\\\u", "\\u00e9\\u00e8"],
  ] as const;
  for (const [index, [before, name]] of pairs.entries()) {
    const [first, second] = [before, name].map((each) => `{"p${index}":1,"${each}":2}`);
    for (const text of [first, second]) {
      const names = Object.keys(Object(parseJson(text ?? "")));
      assert.deepEqual(names, [`p${index}`, JSON.parse(`"${text === first ? before : name}"`)]);
    }
  }
});

Deno.test("what is canonical is read and written as it was, whatever its names are", () => {
  const names = ['"', "\\", "\n", "\u000b", "\u0000", "é", "\ud7ff", "\u{10000}", "x", "__proto__"];
  const texts = names.flatMap((one) =>
    names.map((other) => canonicalJson({ a: one, [one]: { [other + one]: [] }, [one + other]: {} }))
  );
  for (const text of texts) assert.equal(canonicalJson(parseJson(text)), text);
});

Deno.test("what JSON is, is read without loss", () => {
  const text =
    ' { "a" : [ -0 , 1.50E+3 , null ] , "b\\t" : { } , "a" : [ true , false , "\\ud83d\\ude00" ] } ';
  assert.deepEqual(parseJson(text), { a: [true, false, "😀"], "b\t": {} });
  assert.deepEqual(parseJson("-1.50E+3"), new JsonNumber("-1.50E+3"));
  assert.deepEqual(Object.keys(Object(parseJson('{"__proto__":1}'))), ["__proto__"]);
  assert.deepEqual(parseJson("9".repeat(3_000_000)), new JsonNumber("9".repeat(3_000_000)));
});

Deno.test("what is no JSON is refused", () => {
  const texts = [
    "",
    " ",
    "nul",
    "01",
    "1.",
    ".5",
    "-",
    "+1",
    "1e",
    "NaN",
    "[1,]",
    "[,1]",
    "[1 2]",
    "[",
    "]",
  ];
  texts.push(
    '{"a":1,}',
    '{"a"}',
    '{"a" 1}',
    "{a:1}",
    "{1:1}",
    '{"a":}',
    '"',
    '"\\',
    '"\\x"',
    '"\\u12"',
  );
  texts.push('"\n"', "[1]x", "\ufeff1", "\u00a01", "'a'", "undefined", "tru e", '{"a":1]', "[1}");
  for (const text of texts) assert.throws(() => parseJson(text), JsonError, JSON.stringify(text));
});

Deno.test("what is nested too deeply is refused, and no stack overflows", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  assert.equal(canonicalJson(parseJson(nested(DEEPEST + 1))), nested(DEEPEST + 1));
  for (const depth of [DEEPEST + 2, 1_000_000]) {
    assert.throws(() => parseJson(nested(depth)), /nested more than/);
    assert.throws(() => parseJson('{"a":'.repeat(depth)), /nested more than/);
  }
});
