import assert from "node:assert/strict";
import { MAX_POLICY_SIZE, parsePolicy, readPolicy } from "../../src/policy/parse.ts";
import { PolicyError } from "../../src/policy/policy_error.ts";
import { faultsOf, policyText, statement } from "./policy_json.ts";

Deno.test("a policy is read with every short form written out", () => {
  const text = JSON.stringify({
    Version: "2012-10-17",
    Id: "all",
    Statement: {
      Sid: "one",
      Effect: "Deny",
      NotPrincipal: { AWS: "arn:aws:iam::111122223333:user/alice", CanonicalUser: ["bob"] },
      NotAction: "s3:Get*",
      NotResource: ["arn:aws:s3:::bucket/a", "arn:aws:s3:::bucket/${aws:username}/*"],
      Condition: {
        NumericEquals: { "s3:max-keys": 10 },
        Bool: { "aws:SecureTransport": [true, "false"] },
      },
    },
  });
  assert.deepEqual(parsePolicy(text), {
    version: "2012-10-17",
    id: "all",
    statements: [{
      index: 0,
      path: "Statement",
      sid: "one",
      effect: "Deny",
      principals: {
        negated: true,
        patterns: [
          { kind: "user", account: "111122223333", name: "alice" },
          { kind: "canonical", id: "bob" },
        ],
      },
      actions: { negated: true, patterns: ["s3:Get*"] },
      resources: {
        negated: true,
        patterns: ["arn:aws:s3:::bucket/a", "arn:aws:s3:::bucket/${aws:username}/*"],
      },
      conditions: [
        {
          operator: "NumericEquals",
          key: "s3:max-keys",
          values: ["10"],
          path: "Statement.Condition.NumericEquals.s3:max-keys",
        },
        {
          operator: "Bool",
          key: "aws:SecureTransport",
          values: ["true", "false"],
          path: "Statement.Condition.Bool.aws:SecureTransport",
        },
      ],
    }],
  });
});

Deno.test("a policy without a version is of the version 2008-10-17", () => {
  const text = JSON.stringify({ Statement: [statement()] });
  assert.equal(parsePolicy(text).version, "2008-10-17");
});

Deno.test("statements of a list have their number in their path", () => {
  const { statements } = parsePolicy(policyText(statement(), statement()));
  assert.deepEqual(statements.map(({ path, index }) => [path, index]), [
    ["Statement[0]", 0],
    ["Statement[1]", 1],
  ]);
});

Deno.test("what is no policy by its form is refused with its path", async (t) => {
  const syntax = "Policies must be valid JSON and the first byte must be '{'";
  const rows: readonly (readonly [name: string, text: string, fault: string])[] = [
    ["no JSON", "{", `${syntax}: Expected property name or '}' in JSON at position 1`],
    ["a space before the first brace", ` ${policyText(statement())}`, syntax],
    ["a list", "[]", syntax],
    ["nothing", "", syntax],
    ["no statement", "{}", "Missing required field Statement"],
    [
      "a list of no statements",
      '{"Statement":[]}',
      "Statement: Could not parse the policy: Statement is empty!",
    ],
    ["a statement that is no object", '{"Statement":[1]}', "Statement[0]: must be an object"],
    [
      "another version",
      '{"Version":"2012-10-18","Statement":[]}',
      "Version: The policy must contain",
    ],
    [
      "a version that is null",
      '{"Version":null,"Statement":[]}',
      "Version: The policy must contain",
    ],
    ["an id that is no text", '{"Id":7,"Statement":[]}', "Id: must be a text"],
    ["an unknown element", '{"Statments":[],"Statement":[]}', "Unknown field Statments"],
    ["an element in other letters", '{"statement":[]}', "Unknown field statement"],
  ];
  for (const [name, text, fault] of rows) {
    await t.step(name, () => assertFault(text, fault));
  }
});

Deno.test("what is no statement by its form is refused with its path", async (t) => {
  const both = "Invalid policy syntax: a statement has";
  const rows: readonly (readonly [name: string, more: object, fault: string])[] = [
    ["an unknown element", { Effects: "Deny" }, "Statement[0]: Unknown field Effects"],
    ["a Sid that is no text", { Sid: 1 }, "Statement[0].Sid: must be a text"],
    ["no Effect", { Effect: undefined }, "Statement[0].Effect: Missing required field Effect"],
    ["an Effect in small letters", { Effect: "deny" }, "Statement[0].Effect: Invalid effect"],
    ["no Principal", { Principal: undefined }, "Statement[0]: Missing required field Principal"],
    ["no Action", { Action: undefined }, "Statement[0]: Missing required field Action"],
    ["no Resource", { Resource: undefined }, "Statement[0]: Missing required field Resource"],
    ["two sorts of Principal", { NotPrincipal: "*" }, `Statement[0]: ${both} Principal or NotPr`],
    ["two sorts of Action", { NotAction: "s3:*" }, `Statement[0]: ${both} Action or NotAction`],
    ["two sorts of Resource", { NotResource: "*" }, `Statement[0]: ${both} Resource or NotRes`],
    ["an empty list of actions", { Action: [] }, "Statement[0].Action: must be a text or a list"],
    ["an empty action", { Action: "" }, "Statement[0].Action: must be a text or a list"],
    [
      "an action that is a number",
      { Action: [3] },
      "Statement[0].Action: must be a text or a list",
    ],
    ["an empty list of resources", { Resource: [] }, "Statement[0].Resource: must be a text or"],
    [
      "conditions in a list",
      { Condition: [] },
      "Statement[0].Condition: must be a map of operators",
    ],
    [
      "an operator with a text",
      { Condition: { Null: "x" } },
      "Statement[0].Condition.Null: must be",
    ],
    [
      "an operator without keys",
      { Condition: { Null: {} } },
      "Statement[0].Condition.Null: must na",
    ],
    [
      "a key without values",
      { Condition: { StringLike: { "aws:username": [] } } },
      "Statement[0].Condition.StringLike.aws:username: must be a text, a number",
    ],
    [
      "a value that is null",
      { Condition: { StringLike: { "aws:username": null } } },
      "Statement[0].Condition.StringLike.aws:username: must be a text, a number",
    ],
  ];
  for (const [name, more, fault] of rows) {
    await t.step(name, () => assertFault(policyText(statement(more)), fault));
  }
});

Deno.test("conditions that ask nothing are taken", () => {
  assert.deepEqual(faultsOf(policyText(statement({ Condition: {} }))), []);
});

Deno.test("a name that comes twice in an object is refused, wherever it is", async (t) => {
  const rows: readonly (readonly [text: string, fault: string])[] = [
    ['{"Statement":[],"Statement":[]}', "Statement: Duplicate field Statement"],
    ['{"Statement":[{"Effect":"Deny","Effect":"Allow"}]}', "Statement[0].Effect: Duplicate field"],
    ['{"Statement":[1,{"Sid":"a","\\u0053id":"b"}]}', "Statement[1].Sid: Duplicate field Sid"],
    [
      '{"Statement":{"Condition":{"Null":{"a":[{"x,\\"]":1}],"b":1,"a":2}}}}',
      "Statement.Condition.Null.a: Duplicate field a",
    ],
  ];
  for (const [text, fault] of rows) {
    await t.step(text, () => assertFault(text, fault));
  }
});

Deno.test("the same name in two objects, and as a value, is no duplicate", () => {
  const condition = { StringEquals: { "aws:username": ["aws:username", "Effect"] } };
  const text = policyText(
    statement({ Sid: "Sid", Condition: { ...condition, StringNotLike: { "aws:username": "x" } } }),
    statement({ Sid: "Effect", Condition: condition }),
  );
  assert.deepEqual(faultsOf(text), []);
});

Deno.test("__proto__ is refused, and not passed over", async (t) => {
  const rows = [
    '{"__proto__":{},"Statement":[]}',
    '{"Statement":{"Condition":{"__proto__":{"aws:username":"x"}}}}',
    '{"Statement":{"Condition":{"StringEquals":{"__proto__":"x"}}}}',
    '{"Statement":{"Principal":{"\\u005f_proto__":"x"}}}',
  ];
  for (const text of rows) {
    await t.step(text, () => {
      assert.match(faultsOf(text)[0], /Unknown field __proto__$/);
    });
  }
});

Deno.test("a policy may have 20,480 bytes of UTF-8 and no more", () => {
  const bare = policyText(statement({ Sid: "" }));
  const sid = "é".repeat(Math.floor((MAX_POLICY_SIZE - bare.length) / 2));
  const largest = policyText(statement({ Sid: sid })).padEnd(MAX_POLICY_SIZE - sid.length, " ");
  assert.deepEqual(faultsOf(largest), []);
  assert.match(faultsOf(`${largest} `)[0], /^Policy exceeds the maximum allowed document size/);
});

Deno.test("a policy that is nested without end is refused like any other", () => {
  const depth = 5_000;
  const text = `{"Statement":${"[".repeat(depth)}${"]".repeat(depth)}}`;
  assert.deepEqual(faultsOf(text), ["Statement[0]: must be an object"]);
  const objects = `{"Statement":${'{"Condition":'.repeat(1_400)}1${"}".repeat(1_400)}}`;
  assert.equal(faultsOf(objects).length > 0, true);
});

Deno.test("a Sid names one statement", () => {
  const text = policyText(
    statement({ Sid: "a" }),
    statement({ Sid: "b" }),
    statement({ Sid: "a" }),
  );
  assert.deepEqual(faultsOf(text), ["Statement[2].Sid: Statement IDs (SID) must be unique: a"]);
});

Deno.test("an empty Sid is none, however often it comes", () => {
  assert.deepEqual(faultsOf(policyText(statement({ Sid: "" }), statement({ Sid: "" }))), []);
});

Deno.test("a policy is refused with all its faults, of form and of meaning", () => {
  const text = policyText(
    statement({ Effect: "Perhaps" }),
    statement({ Action: "s3:Fly" }),
    statement({ Resource: "bucket" }),
  );
  assert.throws(() => parsePolicy(text), (error) => {
    assert.ok(error instanceof PolicyError);
    assert.deepEqual(error.faults.map(({ path }) => path), [
      "Statement[0].Effect",
      "Statement[1].Action",
      "Statement[2].Resource",
    ]);
    assert.equal(error.message, 'Statement[0].Effect: Invalid effect: must be "Allow" or "Deny"');
    return true;
  });
});

Deno.test("a policy that names what does not exist can be read by its form", () => {
  const { document, faults } = readPolicy(policyText(
    statement({ Action: "s3:Fly", Condition: { Maybe: { "s3:wings": "2" } } }),
    statement({ Effect: "Perhaps" }),
  ));
  assert.deepEqual(document?.statements.map(({ index, actions }) => [index, actions.patterns]), [
    [0, ["s3:Fly"]],
  ]);
  assert.deepEqual(faults.map(({ path }) => path), ["Statement[1].Effect"]);
});

Deno.test("ARNs of other partitions mean the same as those of aws", () => {
  const [{ resources, conditions }] = parsePolicy(policyText(statement({
    Resource: ["arn:aws-cn:s3:::bucket/*", "arn:aws-us-gov:s3:::bucket/*"],
    Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws-cn:iam::111122223333:user/*" } },
  }))).statements;
  assert.deepEqual(resources.patterns, ["arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/*"]);
  assert.deepEqual(conditions[0].values, ["arn:aws:iam::111122223333:user/*"]);
});

Deno.test("a copy source means the same with a slash before it and without", () => {
  const [{ conditions }] = parsePolicy(policyText(statement({
    Action: "s3:PutObject",
    Condition: { StringLike: { "s3:x-amz-copy-source": ["/bucket/a/*", "bucket/b/*"] } },
  }))).statements;
  assert.deepEqual(conditions[0].values, ["bucket/a/*", "bucket/b/*"]);
});

function assertFault(text: string, start: string): void {
  const [fault = "no fault"] = faultsOf(text);
  assert.equal(fault.slice(0, start.length), start);
}
