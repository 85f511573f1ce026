import assert from "node:assert/strict";
import type { ConditionValue } from "../../src/policy/condition_key.ts";
import { compileCondition } from "../../src/policy/conditions.ts";
import { PolicyError } from "../../src/policy/policy_error.ts";

type Case = readonly [
  operator: string,
  values: readonly string[],
  actual: ConditionValue,
  holds: boolean,
];

const VALUES: Readonly<Record<string, string>> = {
  "aws:username": "alice",
  "s3:prefix": "a*",
  "aws:UserAgent": "1:2",
};

function holds(operator: string, values: readonly string[], actual: ConditionValue): boolean {
  const condition = { operator, values, key: "s3:prefix", path: "Statement[0].Condition" };
  return compileCondition(condition, true)
    .holds(actual, (key) => VALUES[key]);
}

function table(name: string, cases: readonly Case[]): void {
  Deno.test(name, async (t) => {
    for (const [operator, values, actual, expected] of cases) {
      const asked = actual === undefined ? "no value" : JSON.stringify(actual);
      const name = `${operator} ${JSON.stringify(values)} ${expected ? "holds" : "fails"} for`;
      await t.step(`${name} ${asked}`, () => {
        assert.equal(holds(operator, values, actual), expected);
      });
    }
  });
}

table("texts are compared exactly, without case, or with a pattern", [
  ["StringEquals", ["home"], "home", true],
  ["StringEquals", ["home"], "Home", false],
  ["StringEquals", ["home"], "home/", false],
  ["StringEquals", ["h*"], "home", false],
  ["StringEquals", ["h*"], "h*", true],
  ["StringEquals", [""], "", true],
  ["StringNotEquals", ["home"], "Home", true],
  ["StringNotEquals", ["home"], "home", false],
  ["StringEqualsIgnoreCase", ["HoMe"], "hOmE", true],
  ["StringEqualsIgnoreCase", ["home"], "homes", false],
  ["StringEqualsIgnoreCase", ["É"], "é", true],
  ["StringNotEqualsIgnoreCase", ["HOME"], "home", false],
  ["StringNotEqualsIgnoreCase", ["HOME"], "homes", true],
  ["StringLike", ["home/*"], "home/alice", true],
  ["StringLike", ["home/*"], "Home/alice", false],
  ["StringLike", ["home/?"], "home/ab", false],
  ["StringLike", ["home"], "home/alice", false],
  ["StringNotLike", ["home/*"], "home/alice", false],
  ["StringNotLike", ["home/*"], "tmp/alice", true],
]);

table("numbers are compared as numbers, and what is none matches nothing", [
  ["NumericEquals", ["10"], "10", true],
  ["NumericEquals", ["10"], "10.0", true],
  ["NumericEquals", ["10"], "010", true],
  ["NumericEquals", ["10"], "1e1", false],
  ["NumericEquals", ["10"], "ten", false],
  ["NumericEquals", ["0"], "", false],
  ["NumericNotEquals", ["10"], "11", true],
  ["NumericNotEquals", ["10"], "10.0", false],
  ["NumericNotEquals", ["10"], "ten", true],
  ["NumericLessThan", ["10"], "9", true],
  ["NumericLessThan", ["10"], "9.99", true],
  ["NumericLessThan", ["10"], "10", false],
  ["NumericLessThan", ["10"], "-100", true],
  ["NumericLessThan", ["10"], "few", false],
  ["NumericLessThanEquals", ["10"], "10", true],
  ["NumericLessThanEquals", ["10"], "10.5", false],
  ["NumericGreaterThan", ["10"], "10", false],
  ["NumericGreaterThan", ["10"], "100", true],
  ["NumericGreaterThan", ["9"], "10", true],
  ["NumericGreaterThanEquals", ["10"], "10", true],
  ["NumericGreaterThanEquals", ["10"], "9", false],
  ["NumericGreaterThanEquals", ["10"], "", false],
]);

table("dates are compared as points in time, in whatever form", [
  ["DateEquals", ["2026-01-01T00:00:00Z"], "2026-01-01T01:00:00+01:00", true],
  ["DateEquals", ["2026-01-01"], "1767225600", true],
  ["DateEquals", ["2026-01-01"], "2026-01-01T00:00:01Z", false],
  ["DateNotEquals", ["2026-01-01"], "2026-01-01T00:00:01Z", true],
  ["DateNotEquals", ["2026-01-01"], "soon", true],
  ["DateLessThan", ["2026-01-01"], "2025-12-31T23:59:59Z", true],
  ["DateLessThan", ["2026-01-01"], "2026-01-01T00:00:00Z", false],
  ["DateLessThan", ["2026-01-01"], "soon", false],
  ["DateLessThanEquals", ["2026-01-01"], "2026-01-01T00:00:00Z", true],
  ["DateGreaterThan", ["2026-01-01"], "2026-01-01T00:00:00Z", false],
  ["DateGreaterThan", ["2026-01-01"], "2026-01-01T00:00:00.001Z", true],
  ["DateGreaterThanEquals", ["1767225600"], "2026-01-01T00:00:00Z", true],
]);

table("Bool compares true and false", [
  ["Bool", ["true"], "true", true],
  ["Bool", ["true"], "false", false],
  ["Bool", ["false"], "false", true],
  ["Bool", ["False"], "false", true],
  ["Bool", ["true", "false"], "false", true],
  ["Bool", ["false"], "", false],
  ["Bool", ["false"], "0", false],
]);

table("BinaryEquals compares bytes", [
  ["BinaryEquals", ["QUJD"], "ABC", true],
  ["BinaryEquals", ["QUJD"], "abc", false],
  ["BinaryEquals", ["QUJD"], "QUJD", false],
  ["BinaryEquals", ["w6k="], "é", true],
  ["BinaryEquals", ["6Q=="], "é", false],
  ["BinaryEquals", [""], "", true],
]);

table("addresses are compared with ranges", [
  ["IpAddress", ["203.0.113.0/24"], "203.0.113.7", true],
  ["IpAddress", ["203.0.113.0/24"], "198.51.100.1", false],
  ["IpAddress", ["203.0.113.0/24", "2001:db8::/32"], "2001:db8::7", true],
  ["IpAddress", ["203.0.113.0/24"], "::ffff:203.0.113.7", true],
  ["IpAddress", ["0.0.0.0/0", "::/0"], "unknown", false],
  ["NotIpAddress", ["203.0.113.0/24"], "203.0.113.7", false],
  ["NotIpAddress", ["203.0.113.0/24"], "198.51.100.1", true],
  ["NotIpAddress", ["203.0.113.0/24", "198.51.100.0/24"], "198.51.100.1", false],
  ["NotIpAddress", ["203.0.113.0/24"], "unknown", true],
]);

const ALICE = "arn:aws:iam::111122223333:user/alice";

table("ARNs are compared component by component, and Equals means Like", [
  ["ArnEquals", [ALICE], ALICE, true],
  ["ArnLike", [ALICE], ALICE, true],
  ["ArnEquals", ["arn:aws:iam::*:user/*"], ALICE, true],
  ["ArnLike", ["arn:aws:iam::*:user/*"], ALICE, true],
  ["ArnLike", ["arn:aws:iam::111122223333:user/ALICE"], ALICE, false],
  ["ArnLike", ["arn:aws:iam::*:user/bob"], ALICE, false],
  ["ArnLike", ["arn:aws:iam::?1112222333?:user/a*e"], ALICE, true],
  ["ArnLike", ["*:*:*:*:*:*"], ALICE, true],
  ["ArnLike", ["*"], ALICE, true],
  ["ArnLike", ["*"], "alice", false],
  ["ArnLike", ["arn:aws:iam::*:*"], "arn:aws:iam::1:user/a:b", true],
  ["ArnLike", ["arn:aws:iam::1:user/a:*"], "arn:aws:iam::1:user/a:b", true],
  [
    "ArnLike",
    ["arn:aws:someservice:*:111122223333:finance/*"],
    "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt",
    false,
  ],
  [
    "StringLike",
    ["arn:aws:someservice:*:111122223333:finance/*"],
    "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt",
    true,
  ],
  ["ArnNotEquals", ["arn:aws:iam::*:user/*"], ALICE, false],
  ["ArnNotLike", ["arn:aws:iam::*:user/bob"], ALICE, true],
  ["ArnNotLike", ["arn:aws:iam::*:user/bob"], "bob", true],
]);

table("one of several values is enough, and for a negated operator none may match", [
  ["StringEquals", ["a", "b"], "b", true],
  ["StringEquals", ["a", "b"], "c", false],
  ["StringEquals", [], "c", false],
  ["StringNotEquals", ["a", "b"], "b", false],
  ["StringNotEquals", ["a", "b"], "c", true],
  ["StringNotEquals", [], "c", true],
  ["StringNotLike", ["a*", "b*"], "bc", false],
  ["NumericNotEquals", ["1", "2"], "2", false],
  ["DateNotEquals", ["2025", "2026"], "2026-01-01", false],
  ["ArnNotLike", ["arn:aws:iam::*:user/bob", ALICE], ALICE, false],
]);

const POSITIVE = [
  ["StringEquals", "a"],
  ["StringEqualsIgnoreCase", "a"],
  ["StringLike", "*"],
  ["NumericEquals", "1"],
  ["NumericLessThan", "1"],
  ["NumericLessThanEquals", "1"],
  ["NumericGreaterThan", "1"],
  ["NumericGreaterThanEquals", "1"],
  ["DateEquals", "2026"],
  ["DateLessThan", "2026"],
  ["DateLessThanEquals", "2026"],
  ["DateGreaterThan", "2026"],
  ["DateGreaterThanEquals", "2026"],
  ["Bool", "false"],
  ["BinaryEquals", ""],
  ["IpAddress", "0.0.0.0/0"],
  ["ArnEquals", "*"],
  ["ArnLike", "*"],
] as const;

const NEGATED = [
  ["StringNotEquals", "a"],
  ["StringNotEqualsIgnoreCase", "a"],
  ["StringNotLike", "*"],
  ["NumericNotEquals", "1"],
  ["DateNotEquals", "2026"],
  ["NotIpAddress", "0.0.0.0/0"],
  ["ArnNotEquals", "*"],
  ["ArnNotLike", "*"],
] as const;

table("an absent key matches nothing, so a negated operator holds, and every other with IfExists", [
  ...POSITIVE.flatMap(([operator, value]): Case[] => [
    [operator, [value], undefined, false],
    [operator, [value], [], false],
    [`${operator}IfExists`, [value], undefined, true],
    [`ForAllValues:${operator}`, [value], undefined, true],
    [`ForAnyValue:${operator}`, [value], undefined, false],
    [`ForAllValues:${operator}IfExists`, [value], undefined, true],
    [`ForAnyValue:${operator}IfExists`, [value], undefined, false],
  ]),
  ...NEGATED.flatMap(([operator, value]): Case[] => [
    [operator, [value], undefined, true],
    [operator, [value], [], true],
    [`${operator}IfExists`, [value], undefined, true],
    [`ForAllValues:${operator}`, [value], undefined, true],
    [`ForAnyValue:${operator}`, [value], undefined, false],
  ]),
]);

table("a key that is there is compared in spite of IfExists", [
  ["StringEqualsIfExists", ["a"], "b", false],
  ["StringEqualsIfExists", ["a"], "a", true],
  ["StringNotEqualsIfExists", ["a"], "a", false],
  ["NumericLessThanIfExists", ["5"], "many", false],
  ["BoolIfExists", ["true"], "false", false],
  ["IpAddressIfExists", ["203.0.113.0/24"], "198.51.100.1", false],
]);

table("Null asks whether a key is absent", [
  ["Null", ["true"], undefined, true],
  ["Null", ["true"], [], true],
  ["Null", ["true"], "*", false],
  ["Null", ["true"], "", false],
  ["Null", ["false"], undefined, false],
  ["Null", ["false"], "*", true],
  ["Null", ["false"], ["a"], true],
  ["Null", ["true", "false"], undefined, true],
  ["Null", ["true", "false"], "*", true],
  ["Null", [], undefined, false],
  ["Null", [], "*", false],
]);

table("ForAllValues wants every value to match, also of none", [
  ["ForAllValues:StringEquals", ["a", "b"], ["a", "b"], true],
  ["ForAllValues:StringEquals", ["a", "b", "c"], ["a"], true],
  ["ForAllValues:StringEquals", ["a", "b"], ["a", "c"], false],
  ["ForAllValues:StringEquals", ["a"], "a", true],
  ["ForAllValues:StringEquals", ["a"], "b", false],
  ["ForAllValues:StringEquals", ["a"], [], true],
  ["ForAllValues:StringEquals", ["a"], "", true],
  ["ForAllValues:StringEquals", ["a"], ["", ""], true],
  ["ForAllValues:StringEquals", ["a"], ["a", ""], false],
  ["ForAllValues:StringNotEquals", ["a", "b"], ["c", "d"], true],
  ["ForAllValues:StringNotEquals", ["a", "b"], ["c", "b"], false],
  ["ForAllValues:StringLike", ["x-*"], ["x-1", "x-2"], true],
]);

table("ForAnyValue wants one value to match, so none is not enough", [
  ["ForAnyValue:StringEquals", ["a", "b"], ["x", "b"], true],
  ["ForAnyValue:StringEquals", ["a", "b"], ["x", "y"], false],
  ["ForAnyValue:StringEquals", ["a"], "a", true],
  ["ForAnyValue:StringEquals", ["a"], [], false],
  ["ForAnyValue:StringEquals", [""], "", false],
  ["ForAnyValue:StringNotEquals", ["a", "b"], ["a", "c"], true],
  ["ForAnyValue:StringNotEquals", ["a", "b"], ["a", "b"], false],
]);

table(
  "several values without a quantifier: one has to match, and for a negated operator none may",
  [
    ["StringEquals", ["a"], ["x", "a"], true],
    ["StringEquals", ["a"], ["x", "y"], false],
    ["StringNotEquals", ["a"], ["x", "a"], false],
    ["StringNotEquals", ["a"], ["x", "y"], true],
  ],
);

table("a variable stands for its value, as literal text", [
  ["StringEquals", ["${aws:username}"], "alice", true],
  ["StringLike", ["home/${aws:username}/*"], "home/alice/a", true],
  ["StringLike", ["home/${aws:username}/*"], "home/bob/a", false],
  ["StringLike", ["${s3:prefix}"], "a*", true],
  ["StringLike", ["${s3:prefix}"], "ab", false],
  ["StringLike", ["${*}"], "*", true],
  ["StringLike", ["${*}"], "a", false],
  ["StringEquals", ["${$}{aws:username}"], "${aws:username}", true],
  ["StringNotLike", ["home/${aws:username}/*"], "home/alice/a", false],
  ["StringEqualsIgnoreCase", ["${aws:username}"], "ALICE", true],
  ["ArnLike", ["arn:aws:iam::*:user/${aws:username}"], ALICE, true],
  ["ArnLike", ["arn:aws:iam::*:user/${aws:username}"], "arn:aws:iam::1:user/bob", false],
  ["ArnLike", ["arn:aws:iam:${aws:UserAgent}:*:*"], "arn:aws:iam:1:2:user/a:b", false],
  ["ArnLike", ["arn:aws:iam:1:2:${aws:UserAgent}"], "arn:aws:iam:1:2:1:2", true],
  ["StringEquals", ["${aws:userid, 'nobody'}"], "nobody", true],
  ["StringLike", ["${aws:userid, '*'}"], "nobody", false],
]);

table("a variable that stands for nothing lets its condition hold in no way", [
  ["StringEquals", ["${aws:userid}"], "", false],
  ["StringLike", ["${aws:userid}*"], "x", false],
  ["StringNotEquals", ["${aws:userid}"], "x", false],
  ["StringNotLike", ["${aws:userid}*"], "x", false],
  ["ArnNotLike", ["arn:aws:iam::*:user/${aws:userid}"], ALICE, false],
  ["StringEquals", ["${aws:userid}", "x"], "x", true],
  ["StringEquals", ["x", "${aws:userid}"], "x", true],
  ["StringNotEquals", ["x", "${aws:userid}"], "x", false],
  ["StringNotEquals", ["x", "${aws:userid}"], "y", false],
  ["StringNotEquals", ["${aws:userid}"], undefined, true],
]);

Deno.test("a text longer than any that requests have matches no value with a variable", () => {
  const like = (operator: string, actual: string, value: string) =>
    compileCondition(
      { operator, key: "aws:Referer", values: ["*${aws:UserAgent}*"], path: "" },
      true,
    ).holds(actual, () => value);
  const [longest, longer] = ["a".repeat(2_048), "a".repeat(2_049)];
  assert.ok(like("StringLike", longest, "a"));
  assert.ok(like("StringLike", longest, longest));
  assert.ok(!like("StringLike", longer, "a"));
  assert.ok(like("StringNotLike", longer, "a"));
  assert.ok(!like("StringLike", longer, longer));
});

Deno.test("what many variables stand for together has to fit into a text, too", () => {
  const { holds } = compileCondition(
    {
      operator: "StringNotLike",
      key: "aws:Referer",
      values: [`*?${"${aws:UserAgent}".repeat(1_000)}`],
      path: "",
    },
    true,
  );
  assert.ok(holds("a".repeat(2_048), () => "a".repeat(2_048)));
  assert.ok(!holds("a".repeat(1_001), () => "a"));
  assert.ok(holds("a".repeat(1_000), () => "a"));
});

Deno.test("a policy without variables compares ${…} as it is written", () => {
  const condition = {
    operator: "StringLike",
    key: "s3:prefix",
    values: ["${aws:username}"],
    path: "",
  };
  const { holds } = compileCondition(condition, false);
  assert.ok(holds("${aws:username}", () => "alice"));
  assert.ok(!holds("alice", () => "alice"));
});

Deno.test("a condition that cannot be understood is an error, not one that never holds", () => {
  const condition = { key: "s3:prefix", path: "Statement[0].Condition.X.s3:prefix", values: ["?"] };
  for (const operator of ["StringEqual", "NullIfExists", "NumericEquals", "Bool", "Null"]) {
    assert.throws(
      () => compileCondition({ ...condition, operator }, true),
      (error) => error instanceof PolicyError && error.message.startsWith(condition.path),
      operator,
    );
  }
});
