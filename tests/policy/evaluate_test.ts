import assert from "node:assert/strict";
import type { PolicyDocument, Statement } from "../../src/policy/document.ts";
import { compilePolicy } from "../../src/policy/evaluate.ts";
import { PolicyError } from "../../src/policy/policy_error.ts";
import type { PolicyRequest } from "../../src/policy/request.ts";
import { policyRequest, type RequestSketch } from "./policy_request.ts";

const GET: RequestSketch = { action: "s3:GetObject", key: "a.txt" };

Deno.test("a Deny wins over an Allow whatever their order", () => {
  const [allow, deny] = [statement({}), statement({ effect: "Deny" })];
  assert.deepEqual(decision([allow, deny], GET), { outcome: "deny", at: 1 });
  assert.deepEqual(decision([deny, allow], GET), { outcome: "deny", at: 0 });
});

Deno.test("an Allow decides where no Deny applies", () => {
  const deny = statement({ effect: "Deny", actions: some("s3:PutObject") });
  assert.deepEqual(decision([deny, statement({})], GET), { outcome: "allow", at: 1 });
});

Deno.test("where no statement applies, the policy says nothing", () => {
  assert.deepEqual(decision([], GET), { outcome: "default" });
  assert.deepEqual(decision([statement({ actions: some("s3:PutObject") })], GET), {
    outcome: "default",
  });
});

Deno.test("the first statement that applies with the effect is named", () => {
  const other = statement({ resources: some("arn:aws:s3:::bucket/b*") });
  const deny = statement({ effect: "Deny" });
  assert.deepEqual(decision([other, statement({}), statement({})], GET), {
    outcome: "allow",
    at: 1,
  });
  assert.deepEqual(decision([statement({}), deny, deny], GET), { outcome: "deny", at: 1 });
});

const ACTIONS: readonly (readonly [pattern: string, action: string, applies: boolean])[] = [
  ["*", "s3:GetObject", true],
  ["s3:*", "s3:GetObject", true],
  ["s3:GetObject", "s3:GetObject", true],
  ["S3:getobject", "s3:GetObject", true],
  ["s3:GetObject", "s3:GetObjectAcl", false],
  ["s3:GetObject*", "s3:GetObjectAcl", true],
  ["s3:?etObject", "s3:GetObject", true],
  ["s3:*Object", "s3:PutObject", true],
  ["s3:List*", "s3:GetObject", false],
  ["s3:NotYetKnown", "s3:NotYetKnown", true],
];

Deno.test("actions are compared without case, with wildcards", async (t) => {
  for (const [pattern, action, applies] of ACTIONS) {
    await t.step(`${pattern} ${applies ? "covers" : "does not cover"} ${action}`, () => {
      const { outcome } = decision([statement({ actions: some(pattern) })], { ...GET, action });
      assert.equal(outcome, applies ? "allow" : "default");
      const negated = statement({ actions: { negated: true, patterns: [pattern] } });
      assert.equal(decision([negated], { ...GET, action }).outcome, applies ? "default" : "allow");
    });
  }
});

const RESOURCES:
  readonly (readonly [pattern: string, key: string | undefined, applies: boolean])[] = [
    ["*", "a", true],
    ["*", undefined, true],
    ["arn:aws:s3:::bucket", undefined, true],
    ["arn:aws:s3:::bucket", "a", false],
    ["arn:aws:s3:::bucket/*", undefined, false],
    ["arn:aws:s3:::bucket/*", "", true],
    ["arn:aws:s3:::bucket/*", "a/b:c", true],
    ["arn:aws:s3:::bucket/a", "A", false],
    ["arn:aws:s3:::BUCKET/a", "a", false],
    ["arn:aws:s3:::bucket/events/*.json", "events/2026/1.json", true],
    ["arn:aws:s3:::bucket/events/?.json", "events/10.json", false],
    ["arn:aws:s3:::bucket/${aws:username}/*", "alice/a", true],
    ["arn:aws:s3:::bucket/${aws:username}/*", "bob/a", false],
    ["arn:aws:s3:::bucket/${AWS:UserName}/*", "alice/a", true],
    ["arn:aws:s3:::bucket/${aws:SourceIp}", "203.0.113.7", true],
    ["arn:aws:s3:::bucket/${*}", "a", false],
    ["arn:aws:s3:::bucket/${*}", "*", true],
    ["arn:aws:s3:::buck*", "a", true],
  ];

Deno.test("resources are compared with case, with wildcards and variables", async (t) => {
  for (const [pattern, key, applies] of RESOURCES) {
    await t.step(
      `${pattern} ${applies ? "covers" : "does not cover"} ${key ?? "the bucket"}`,
      () => {
        const request = { ...GET, key };
        const { outcome } = decision([statement({ resources: some(pattern) })], request);
        assert.equal(outcome, applies ? "allow" : "default");
        const negated = statement({ resources: { negated: true, patterns: [pattern] } });
        assert.equal(decision([negated], request).outcome, applies ? "default" : "allow");
      },
    );
  }
});

Deno.test("one of several actions and one of several resources is enough", () => {
  const either = statement({
    actions: some("s3:PutObject", "s3:GetObject"),
    resources: some("arn:aws:s3:::bucket/b", "arn:aws:s3:::bucket/a.*"),
  });
  assert.equal(decision([either], GET).outcome, "allow");
  assert.equal(decision([either], { ...GET, key: "c" }).outcome, "default");
});

Deno.test("a wildcard in a user's name is a character of it", () => {
  const home = statement({ resources: some("arn:aws:s3:::bucket/home/${aws:username}/*") });
  const star = { ...GET, as: { name: "*" } };
  assert.equal(decision([home], { ...star, key: "home/alice/a" }).outcome, "default");
  assert.equal(decision([home], { ...star, key: "home/*/a" }).outcome, "allow");
});

Deno.test("a resource that a variable leaves open lets its statement apply in no way", () => {
  const pattern = "arn:aws:s3:::bucket/home/${aws:username}/*";
  const request: RequestSketch = { ...GET, as: "anonymous" };
  for (const effect of ["Allow", "Deny"] as const) {
    for (const negated of [false, true]) {
      const open = statement({ effect, resources: { negated, patterns: [pattern] } });
      assert.equal(decision([open], request).outcome, "default");
    }
    const second = statement({ effect, resources: some(pattern, "arn:aws:s3:::bucket/a*") });
    assert.equal(decision([second], request).outcome, effect.toLowerCase());
  }
});

Deno.test("a policy of 2008 has no variables", () => {
  const literal = statement({ resources: some("arn:aws:s3:::bucket/${aws:username}") });
  assert.equal(decision([literal], { ...GET, key: "alice" }, "2008-10-17").outcome, "default");
  const request = { ...GET, key: "${aws:username}" };
  assert.equal(decision([literal], request, "2008-10-17").outcome, "allow");
});

Deno.test("every condition has to hold", () => {
  const both = statement({
    conditions: [
      condition("Bool", "aws:SecureTransport", "true"),
      condition("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
    ],
  });
  assert.equal(decision([both], GET).outcome, "allow");
  assert.equal(decision([both], { ...GET, tls: false }).outcome, "default");
  assert.equal(decision([both], { ...GET, ip: "198.51.100.1" }).outcome, "default");
});

Deno.test("names of condition keys are compared without case", () => {
  const upper = statement({ conditions: [condition("StringEquals", "AWS:USERNAME", "alice")] });
  assert.equal(decision([upper], GET).outcome, "allow");
});

Deno.test("a key that the action does not carry is absent, whatever the request says", () => {
  const prefixed = statement({ conditions: [condition("StringEquals", "s3:prefix", "a")] });
  const request: RequestSketch = { action: "s3:ListBucket", query: { prefix: "a" } };
  assert.equal(decision([prefixed], request).outcome, "allow");
  assert.equal(decision([prefixed], { ...request, action: "s3:GetObject" }).outcome, "default");
});

Deno.test("a key that does not exist is absent", () => {
  const unknown = statement({ conditions: [condition("Null", "s3:no-such-key", "true")] });
  assert.equal(decision([unknown], GET).outcome, "allow");
});

Deno.test("a variable can stand for a key with one value only", () => {
  const tagged = statement({
    conditions: [condition("StringLike", "aws:UserAgent", "*${s3:RequestObjectTagKeys}*")],
  });
  const request: RequestSketch = {
    action: "s3:PutObject",
    key: "a",
    headers: { "x-amz-tagging": "team=a", "user-agent": "team" },
  };
  assert.equal(decision([tagged], request).outcome, "default");
});

Deno.test("principals decide too", () => {
  const alice = statement({
    principals: { negated: false, patterns: [{ kind: "user", account: "", name: "alice" }] },
  });
  assert.equal(decision([alice], GET).outcome, "allow");
  assert.equal(decision([alice], { ...GET, as: { name: "bob" } }).outcome, "default");
  assert.equal(decision([alice], { ...GET, as: "anonymous" }).outcome, "default");
});

Deno.test("a header is read once, however many statements ask for it, and not before", () => {
  const asks = (value: string) =>
    statement({ conditions: [condition("StringEquals", "aws:UserAgent", value)] });
  const policy = compilePolicy(document([asks("a"), asks("b"), asks("c")]));
  const request = policyRequest({ ...GET, headers: { "user-agent": "c" } });
  assert.equal(readsOf(policy, request), 1);
  const elsewhere = policyRequest({ action: "s3:GetObject", bucket: "other", key: "a" });
  const here = document([{ ...asks("a"), resources: some("arn:aws:s3:::bucket/*") }]);
  assert.equal(readsOf(compilePolicy(here), elsewhere), 0);
});

Deno.test("a policy with a condition that cannot be understood is refused whole", () => {
  for (
    const wrong of [condition("StringEqual", "aws:UserAgent", "a"), condition("Bool", "a:b", "?")]
  ) {
    const policy = document([statement({}), statement({ conditions: [wrong] })]);
    assert.throws(() => compilePolicy(policy), PolicyError);
  }
});

Deno.test("an action that nobody knows is decided by its name", () => {
  const policy = compilePolicy(document([statement({ actions: some("s3:Made*") })]));
  for (const action of ["s3:MadeUp", "s3:MadeUp", "s3:Other"]) {
    const { outcome } = policy.decide(policyRequest({ ...GET, action }));
    assert.equal(outcome, action === "s3:MadeUp" ? "allow" : "default");
  }
});

function decision(
  statements: readonly Statement[],
  request: RequestSketch,
  version?: PolicyDocument["version"],
): { outcome: string; at?: number } {
  const decided = compilePolicy(document(statements, version)).decide(policyRequest(request));
  if (decided.outcome === "default") return { outcome: "default" };
  return { outcome: decided.outcome, at: decided.statement.index };
}

function document(
  statements: readonly Statement[],
  version: PolicyDocument["version"] = "2012-10-17",
): PolicyDocument {
  return { version, statements: statements.map((each, index) => ({ ...each, index })) };
}

/** Allows everything to everybody, but for what is said. */
function statement(said: Partial<Statement>): Statement {
  return {
    index: 0,
    path: "Statement[0]",
    effect: "Allow",
    principals: { negated: false, patterns: [{ kind: "everyone" }] },
    actions: some("s3:*"),
    resources: some("*"),
    conditions: [],
    ...said,
  };
}

function some(...patterns: readonly string[]): Statement["actions"] {
  return { negated: false, patterns };
}

function condition(operator: string, key: string, ...values: readonly string[]) {
  return { operator, key, values, path: `Statement[0].Condition.${operator}.${key}` };
}

/** How often a decision looks for a header. */
function readsOf(policy: ReturnType<typeof compilePolicy>, request: PolicyRequest): number {
  let reads = 0;
  const header = (name: string) => {
    reads++;
    return request.circumstances.header(name);
  };
  policy.decide({ ...request, circumstances: { ...request.circumstances, header } });
  return reads;
}
