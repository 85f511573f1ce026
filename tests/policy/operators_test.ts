import assert from "node:assert/strict";
import { findOperator } from "../../src/policy/operators.ts";

const NAMES = [
  "StringEquals",
  "StringNotEquals",
  "StringEqualsIgnoreCase",
  "StringNotEqualsIgnoreCase",
  "StringLike",
  "StringNotLike",
  "NumericEquals",
  "NumericNotEquals",
  "NumericLessThan",
  "NumericLessThanEquals",
  "NumericGreaterThan",
  "NumericGreaterThanEquals",
  "DateEquals",
  "DateNotEquals",
  "DateLessThan",
  "DateLessThanEquals",
  "DateGreaterThan",
  "DateGreaterThanEquals",
  "Bool",
  "BinaryEquals",
  "IpAddress",
  "NotIpAddress",
  "ArnEquals",
  "ArnNotEquals",
  "ArnLike",
  "ArnNotLike",
];

Deno.test("every operator goes with IfExists and with both quantifiers", async (t) => {
  for (const name of NAMES) {
    await t.step(name, () => {
      for (const quantifier of [undefined, "ForAllValues", "ForAnyValue"]) {
        for (const ifExists of [false, true]) {
          const prefix = quantifier === undefined ? "" : `${quantifier}:`;
          const operator = findOperator(`${prefix}${name}${ifExists ? "IfExists" : ""}`);
          assert.equal(operator?.name, name);
          assert.equal(operator.quantifier, quantifier);
          assert.equal(operator.ifExists, ifExists);
          assert.equal(operator.negated, name.includes("Not"));
        }
      }
    });
  }
});

Deno.test("Null goes with nothing", () => {
  assert.equal(findOperator("Null")?.name, "Null");
  for (const name of ["NullIfExists", "ForAnyValue:Null", "ForAllValues:Null"]) {
    assert.equal(findOperator(name), undefined, name);
  }
});

Deno.test("what is no operator is not found", async (t) => {
  const wrong = [
    "",
    "IfExists",
    "stringequals",
    "STRINGEQUALS",
    "StringEqual",
    "StringEqualsIfExistsIfExists",
    "StringEqualsifexists",
    "StringEquals ",
    "ForSomeValues:StringEquals",
    "forallvalues:StringEquals",
    "ForAllValues:ForAnyValue:StringEquals",
    "ForAllValues:",
    "BoolNotEquals",
    "BinaryNotEquals",
    "NotBool",
    "DateLike",
    "StringNotLikeIgnoreCase",
    "constructor",
    "toString",
    "__proto__",
    "StringEquals\n",
  ];
  for (const name of wrong) {
    await t.step(JSON.stringify(name), () => assert.equal(findOperator(name), undefined));
  }
});

const VALUES:
  readonly (readonly [operator: string, fit: readonly string[], unfit: readonly string[]])[] = [
    ["StringEquals", ["", "a", "*", "${aws:username}", "${"], []],
    ["StringLike", ["", "a*?", "${*}"], []],
    ["NumericLessThan", ["0", "10", "-1", "0.5", "-12.25"], [
      "",
      "ten",
      "1e3",
      "0x10",
      "1.",
      ".5",
      "+1",
      "1,5",
      " 1",
      "Infinity",
      "${aws:EpochTime}",
      "9".repeat(301),
    ]],
    ["DateGreaterThan", ["2026-01-01T00:00:00Z", "2026-01-01", "1767225600"], [
      "",
      "tomorrow",
      "2026-02-30",
      "*",
      "${aws:CurrentTime}",
    ]],
    ["Bool", ["true", "false", "True", "FALSE"], ["", "yes", "1", "${aws:SecureTransport}"]],
    ["Null", ["true", "false"], ["", "True", "null", "${s3:prefix}"]],
    ["BinaryEquals", ["", "QQ==", "QUI=", "QUJD", "+/+/"], [
      "Q",
      "QQ",
      "QQ=",
      "a-b_",
      "QUJD\n",
      "=",
    ]],
    ["IpAddress", ["203.0.113.0/24", "203.0.113.7", "2001:db8::/32", "::1"], [
      "",
      "203.0.113.0/33",
      "203.0.113",
      "example.com",
      "*",
      "${aws:SourceIp}",
    ]],
    ["ArnLike", [
      "*",
      "arn:aws:iam::111122223333:user/alice",
      "arn:aws:iam::*:user/*",
      "*:*:*:*:*:*",
      "arn:aws:iam::111122223333:user/${aws:username}",
      "arn:aws:iam::${aws:x}:user/a:b",
    ], ["", "alice", "arn:aws:iam::111122223333", "**", "arn:*", "${*}", "${aws:PrincipalArn}"]],
  ];

Deno.test("an operator accepts the values that it can compare, and no others", async (t) => {
  for (const [name, fit, unfit] of VALUES) {
    await t.step(name, () => {
      const operator = findOperator(name);
      assert.ok(operator !== undefined);
      for (const value of fit) assert.equal(operator.accepts(value), true, value);
      for (const value of unfit) assert.equal(operator.accepts(value), false, value);
    });
  }
});
