import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalJson } from "../../src/eventlog/canonical_json.ts";
import { isCanonicalJson } from "../../src/eventlog/canonical_scanner.ts";
import { JsonError, parseJson } from "../../src/eventlog/json.ts";

/** A lone surrogate has no bytes; what stands for it in them is a character like any other. */
function isCanonical(text: string): boolean {
  return text.isWellFormed() && isCanonicalJson(new TextEncoder().encode(text));
}

/** The same by reading a text and writing it again. */
function isWrittenBack(text: string): boolean {
  try {
    return canonicalJson(parseJson(text)) === text;
  } catch (error) {
    if (error instanceof JsonError) return false;
    throw error;
  }
}

/** Texts that are JSON, or nearly: some of them canonical. */
const texts = fc.oneof(
  fc.json(),
  fc.json().map((text) => canonicalJson(parseJson(text))),
  fc.double().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value.toExponential()),
  fc.bigInt().map(String),
  fc.string({ unit: "binary" }).map((value) => JSON.stringify(value)),
  fc.stringMatching(/^[-0-9.eE+]{1,8}$/),
  fc.stringMatching(/^"(?:\\[bfnrtu"\\/01a]|[a ])*"$/),
);

Deno.test("a text is canonical if it is what its value is written as", () => {
  let canonical = 0;
  fc.assert(
    fc.property(
      texts,
      fc.nat(),
      fc.constantFrom("", " ", "0", ",", "\\", '"', "\ud800"),
      (text, at, more) => {
        for (const each of [text, text.slice(0, at % 40) + more + text.slice(at % 40)]) {
          assert.equal(isCanonical(each), isWrittenBack(each), each);
          if (isCanonical(each)) canonical++;
        }
      },
    ),
    { numRuns: 20_000 },
  );
  assert.ok(canonical > 5_000, `only ${canonical} were`);
});

Deno.test("names are in order by their code points, not as they are written", () => {
  for (
    const [text, expected] of [
      ['{"a":1,"b":2}', true],
      ['{"b":1,"a":2}', false],
      ['{"a":1,"a":2}', false],
      ['{"a":1,"a b":2}', true],
      ['{"a!":1,"a":2}', false],
      ['{"a\\"":1,"a#":2}', true],
      ['{"a#":1,"a\\"":2}', false],
      ['{"\\n":1,"\\u000b":2}', true],
      ['{"\\u000b":1,"\\n":2}', false],
      ['{"\ue000":1,"😀":2}', true],
      ['{"😀":1,"\ue000":2}', false],
      ['{"10":1,"9":2}', true],
    ] as const
  ) assert.equal(isCanonical(text), expected, text);
});

Deno.test("what a text has before or behind it, or in it, makes it another", () => {
  for (
    const text of [
      "",
      " 1",
      "1 ",
      "[1, 2]",
      "[1,]",
      "[,1]",
      '{"a"}',
      '{"a":1,}',
      "{",
      "[",
      '"',
      '"\\',
      '"\\/"',
      '"\\u0041"',
      '"\\u001F"',
      '"\\u000a"',
      '"\u0001"',
      '"\udc00\ud800"',
      "-0",
      "01",
      "1.",
      ".5",
      "1.50",
      "1E5",
      "1e5",
      "1e400",
      "nul",
      "truee",
    ]
  ) assert.equal(isCanonical(text), false, text);
});

Deno.test("what is not UTF-8 is not canonical", () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 6 });
  let wellFormed = 0;
  fc.assert(
    fc.property(fc.oneof(bytes, fc.string({ unit: "binary", maxLength: 3 })), (inner) => {
      const content = typeof inner === "string" ? new TextEncoder().encode(inner) : inner;
      const text = Uint8Array.of(0x22, ...content, 0x22);
      const expected = isUtf8(text) && isWrittenBack(new TextDecoder().decode(text));
      assert.equal(isCanonicalJson(text), expected, text.join(" "));
      if (expected) wellFormed++;
    }),
    { numRuns: 20_000 },
  );
  assert.ok(wellFormed > 1_000, `only ${wellFormed} were`);
});

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
