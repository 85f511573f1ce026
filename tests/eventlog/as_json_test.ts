import assert from "node:assert/strict";
import { asJson } from "../../src/eventlog/as_json.ts";
import { indentedJson } from "../../src/eventlog/indented_json.ts";
import { JsonNumber, parseJson } from "../../src/eventlog/json.ts";

Deno.test("a report is written as Python writes it, and what was read keeps its numbers", () => {
  const report = {
    z: [1, -0.5, new JsonNumber("1e16"), []],
    absent: undefined,
    "ü": { nothing: null, "\u007f": "a\n😀" },
    a: {},
  };
  assert.equal(
    indentedJson(asJson(report), "sorted"),
    [
      "{",
      '  "a": {},',
      '  "z": [',
      "    1,",
      "    -0.5,",
      "    1e+16,",
      "    []",
      "  ],",
      '  "\\u00fc": {',
      '    "nothing": null,',
      '    "\\u007f": "a\\n\\ud83d\\ude00"',
      "  }",
      "}",
    ].join("\n"),
  );
});

Deno.test("names keep their order unless they are to be sorted, by code point", () => {
  const value = parseJson('{"\uff01":1,"😀":2,"a":3}');
  const order = (written: string) => written.match(/\d$|\d(?=,)|\d(?=\n)/gm)?.join("");
  assert.equal(order(indentedJson(value)), "123");
  assert.equal(order(indentedJson(value, "sorted")), "312");
});

Deno.test("what JSON has nothing for is no report", () => {
  for (const value of [NaN, Infinity, 1n, undefined, () => {}]) {
    assert.throws(() => asJson(value), TypeError);
  }
});
