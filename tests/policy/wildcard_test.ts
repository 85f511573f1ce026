import assert from "node:assert/strict";
import { compileWildcard } from "../../src/policy/wildcard.ts";
import type { SearchedText } from "../../src/policy/wildcard_piece.ts";

const MATCHES: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
  ["", "", true],
  ["", "a", false],
  ["a", "a", true],
  ["a", "A", false],
  ["a", "ab", false],
  ["a", "", false],
  ["*", "", true],
  ["*", "anything / at: all", true],
  ["**", "", true],
  ["**", "ab", true],
  ["?", "", false],
  ["?", "a", true],
  ["?", "ab", false],
  ["?*", "", false],
  ["?*", "a", true],
  ["*?", "", false],
  ["*?", "abc", true],
  ["*??*", "a", false],
  ["*??*", "ab", true],
  ["events/*", "events/", true],
  ["events/*", "events/2026/01.json", true],
  ["events/*", "events", false],
  ["events/*", "my/events/1", false],
  ["*.json", ".json", true],
  ["*.json", "a.json.gz", false],
  ["*.json", "a.json.json", true],
  ["a*a", "a", false],
  ["a*a", "aa", true],
  ["a*a", "aba", true],
  ["ab*ba", "aba", false],
  ["a*b*c", "abc", true],
  ["a*b*c", "acb", false],
  ["a*b*c", "a-b-c-b-c", true],
  ["*ab*ab*", "abab", true],
  ["*ab*ab*", "abb ab", true],
  ["*ab*ab*", "aba", false],
  ["*aab*", "aaab", true],
  ["*a?b*", "aaab", true],
  ["*a?b", "axb axb", true],
  ["*a?b", "axb ab", false],
  ["a?b*", "a/b/c", true],
  ["a?b*c?d", "axbcxd", true],
  ["a?b*b?d", "axbxd", false],
  ["*?b*?d*", "abcd", true],
  ["*?b*?d*", "bcd", false],
  ["?", "é", true],
  ["??", "é", false],
  ["?", "😀", true],
  ["??", "😀", false],
  ["*?", "😀", true],
  ["*??", "😀", false],
  ["?*?", "😀", false],
  ["?*?", "😀😀", true],
  ["*?x*", "😀x", true],
  ["*??x*", "😀x", false],
  ["a?b", "a😀b", true],
  ["*-?-*", "---😀-", true],
  ["*😀", "😁😀", true],
  [`*${"a?".repeat(40)}b*`, "a".repeat(100) + "b", true],
  [`*${"a?".repeat(40)}b*`, "a".repeat(79) + "b", false],
  [`*${"?".repeat(32)}b*`, "a".repeat(32) + "b", true],
  [`*${"?".repeat(32)}b*`, "a".repeat(31) + "b", false],
  [`*a${"?".repeat(31)}*`, "b".repeat(9) + "a" + "b".repeat(31), true],
  [`*a${"?".repeat(31)}*`, "b".repeat(9) + "a" + "b".repeat(30), false],
  [".*[a-z]+$^(", ".*[a-z]+$^(", true],
  [".*[a-z]+", "abc", false],
];

Deno.test("a pattern matches whole texts, * any text and ? one code point", async (t) => {
  for (const [pattern, text, matches] of MATCHES) {
    await t.step(`"${pattern}" ${matches ? "matches" : "does not match"} "${text}"`, () => {
      assert.equal(compileWildcard([{ text: pattern, isLiteral: false }])(text), matches);
    });
  }
});

Deno.test("half of a surrogate pair matches nothing", () => {
  for (const half of ["\ud83d*", "*\ude00", "*\ud83d?"]) {
    assert.equal(compileWildcard([{ text: half, isLiteral: false }])("😀"), false);
  }
});

Deno.test("* and ? in a literal part stand for themselves", () => {
  const matches = compileWildcard([
    { text: "home/", isLiteral: false },
    { text: "*?", isLiteral: true },
    { text: "/*", isLiteral: false },
  ]);
  assert.ok(matches("home/*?/a"));
  assert.ok(!matches("home/alice/a"));
  assert.ok(!matches("home/*a/a"));
});

Deno.test("a pair whose halves come from two parts is no character", () => {
  const matches = compileWildcard([
    { text: "*\ud83d", isLiteral: false },
    { text: "\ude00", isLiteral: true },
  ]);
  assert.ok(!matches("😀"));
});

const LENGTH = 10_000;
const HOSTILE: readonly (readonly [pattern: string, text: string])[] = [
  ["*a*a*a*a*b", "a".repeat(LENGTH)],
  ["*a".repeat(1_000) + "*b", "a".repeat(LENGTH)],
  ["*?".repeat(1_000) + "b", "a".repeat(LENGTH)],
  ["*a?".repeat(1_000) + "b*", "a".repeat(LENGTH)],
  ["*".repeat(10_000) + "b", "a".repeat(LENGTH)],
  ["*a?a*a?a*b?b*", "a".repeat(LENGTH)],
  ["*" + "a?".repeat(200) + "b*", "a".repeat(LENGTH)],
  ["*?😀".repeat(1_000) + "b*", "😀".repeat(LENGTH / 2)],
];

Deno.test("no pattern goes back over a *, nor over what nearly matched", async (t) => {
  for (const [pattern, text] of HOSTILE) {
    await t.step(`${pattern.slice(0, 20)} (${pattern.length})`, () => {
      const counted = new CountedText(text);
      assert.equal(compileWildcard([{ text: pattern, isLiteral: false }])(counted), false);
      const most = text.length + pattern.length;
      assert.ok(counted.reads <= most, `${counted.reads} reads, at most ${most} expected`);
    });
  }
});

/** A text that counts how often it is looked into. */
class CountedText implements SearchedText {
  reads = 0;

  constructor(readonly text: string) {}

  get length(): number {
    return this.text.length;
  }

  codePointAt(at: number): number | undefined {
    this.reads++;
    return this.text.codePointAt(at);
  }

  includes(part: string, from?: number): boolean {
    this.reads++;
    return this.text.includes(part, from);
  }

  indexOf(part: string, from?: number): number {
    this.reads++;
    return this.text.indexOf(part, from);
  }

  startsWith(part: string, at?: number): boolean {
    this.reads++;
    return this.text.startsWith(part, at);
  }

  endsWith(part: string, end?: number): boolean {
    this.reads++;
    return this.text.endsWith(part, end);
  }
}
