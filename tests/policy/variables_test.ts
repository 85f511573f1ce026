import assert from "node:assert/strict";
import {
  fixedParts,
  hasBrokenVariable,
  parseTemplate,
  plainTemplate,
  resolveTemplate,
  type Template,
} from "../../src/policy/variables.ts";

const text = (text: string) => ({ text, isLiteral: false });
const literal = (text: string) => ({ text, isLiteral: true });

const TEMPLATES: readonly (readonly [written: string, template: Template])[] = [
  ["", [text("")]],
  ["home/*", [text("home/*")]],
  ["${aws:username}", [{ key: "aws:username", fallback: undefined }]],
  ["home/${aws:username}/*", [
    text("home/"),
    { key: "aws:username", fallback: undefined },
    text("/*"),
  ]],
  ["${aws:username}${aws:userid}", [
    { key: "aws:username", fallback: undefined },
    { key: "aws:userid", fallback: undefined },
  ]],
  ["${aws:username, 'no one'}", [{ key: "aws:username", fallback: "no one" }]],
  ["${aws:username,'x'}", [{ key: "aws:username", fallback: "x" }]],
  ["${aws:username, ''}", [{ key: "aws:username", fallback: "" }]],
  ["${aws:username, 'a}b'}", [{ key: "aws:username", fallback: "a}b" }]],
  ["${s3:ExistingObjectTag/team}", [{ key: "s3:ExistingObjectTag/team", fallback: undefined }]],
  ["a${*}b", [text("a"), literal("*"), text("b")]],
  ["${?}${$}", [literal("?"), literal("$")]],
  ["${$}{aws:username}", [literal("$"), text("{aws:username}")]],
  ["$5 {a}", [text("$5 {a}")]],
];

Deno.test("a text is taken apart at its variables", async (t) => {
  for (const [written, template] of TEMPLATES) {
    await t.step(JSON.stringify(written), () => {
      assert.deepEqual(parseTemplate(written), template);
      assert.equal(hasBrokenVariable(written), false);
    });
  }
});

Deno.test("a variable that lacks its brace, name or quote stays text, and is told as broken", () => {
  for (
    const broken of [
      "${",
      "${}",
      "a${aws:username",
      "${aws:username, 'x}",
      "${aws:username, x}",
      "${ aws:username }",
      "${aws:username${aws:userid}",
    ]
  ) {
    assert.equal(hasBrokenVariable(broken), true, broken);
    assert.ok(parseTemplate(broken).some((part) => "text" in part && part.text.includes("${")));
  }
});

Deno.test("values come in as literal text, defaults where there is no value", () => {
  const template = parseTemplate("${aws:username}/${aws:userid, 'no*one'}/*");
  assert.deepEqual(
    resolveTemplate(template, (key) => key === "aws:username" ? "*" : undefined),
    [literal("*"), text("/"), literal("no*one"), text("/*")],
  );
  assert.deepEqual(
    resolveTemplate(template, (key) => key),
    [literal("aws:username"), text("/"), literal("aws:userid"), text("/*")],
  );
});

Deno.test("an empty value is a value", () => {
  assert.deepEqual(resolveTemplate(parseTemplate("${s3:prefix, 'x'}"), () => ""), [literal("")]);
});

Deno.test("a variable with neither value nor default leaves nothing to compare with", () => {
  assert.equal(resolveTemplate(parseTemplate("a/${aws:username}"), () => undefined), undefined);
});

Deno.test("only a template without variables is fixed", () => {
  assert.deepEqual(fixedParts(parseTemplate("a${*}b")), [text("a"), literal("*"), text("b")]);
  assert.equal(fixedParts(parseTemplate("a${aws:username}")), undefined);
});

Deno.test("where policies have no variables, ${…} is text with its wildcards", () => {
  assert.deepEqual(plainTemplate("${*}"), [text("${*}")]);
});
