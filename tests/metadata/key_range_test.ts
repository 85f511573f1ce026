import assert from "node:assert/strict";
import fc from "fast-check";
import { successor } from "../../src/metadata/key_range.ts";

const encode = (text: string) => new TextEncoder().encode(text);

function compare(a: string, b: string): number {
  const [left, right] = [encode(a), encode(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] !== right[i]) return (left[i] ?? 0) - (right[i] ?? 0);
  }
  return left.length - right.length;
}

Deno.test("successor is greater than every string with the prefix and not greater than any behind them", () => {
  const text = fc.string({ unit: "binary", minLength: 1 });
  fc.assert(fc.property(text, fc.string({ unit: "binary" }), (prefix, rest) => {
    const end = successor(prefix);
    if (end === undefined) return;
    assert(compare(prefix + rest, end) < 0);
    assert(!end.startsWith(prefix));
  }));
});

Deno.test("successor steps over surrogates and drops characters that have no successor", () => {
  assert.equal(successor("a"), "b");
  assert.equal(successor("\ud7ff"), "\ue000");
  assert.equal(successor("a\u{10ffff}"), "b");
  assert.equal(successor("\u{10ffff}"), undefined);
  assert.equal(successor(""), undefined);
});
