import assert from "node:assert/strict";
import type { Elements, PrincipalPattern } from "../../src/policy/document.ts";
import {
  matchesPrincipal,
  parsePrincipal,
  type PrincipalType,
} from "../../src/policy/principals.ts";
import type { PolicyPrincipal } from "../../src/policy/request.ts";
import { faultsOf, policyText, statement } from "./policy_json.ts";

const ACCOUNT = "111122223333";
const ALICE = user("alice");
const BOB = user("bob");
const MEMBER = user("carol", { isMember: true });
const STRANGER = user("alice", { account: "444455556666" });
const ANONYMOUS: PolicyPrincipal = { kind: "anonymous" };

Deno.test("a principal is read in each of its forms", async (t) => {
  const rows: readonly (readonly [PrincipalType, string, PrincipalPattern | undefined])[] = [
    ["AWS", "*", { kind: "everyone" }],
    ["AWS", ACCOUNT, { kind: "account", account: ACCOUNT }],
    ["AWS", `arn:aws:iam::${ACCOUNT}:root`, { kind: "account", account: ACCOUNT }],
    ["AWS", `arn:aws:iam::${ACCOUNT}:user/alice`, {
      kind: "user",
      account: ACCOUNT,
      name: "alice",
    }],
    ["AWS", "arn:aws:iam:::user/alice", { kind: "user", account: "", name: "alice" }],
    ["AWS", "arn:aws-cn:iam:::user/a/b c", { kind: "user", account: "", name: "a/b c" }],
    ["AWS", "arn:aws:iam:::user/a:b", { kind: "user", account: "", name: "a:b" }],
    ["CanonicalUser", "alice", { kind: "canonical", id: "alice" }],
    ["AWS", "arn:aws:iam::1:user/alice", undefined],
    ["AWS", "arn:aws:iam::*:user/alice", undefined],
    ["AWS", `arn:aws:iam::${ACCOUNT}:user/*`, undefined],
    ["AWS", `arn:aws:iam::${ACCOUNT}:user/al?ce`, undefined],
    ["AWS", `arn:aws:iam::${ACCOUNT}:user/`, undefined],
    ["AWS", `arn:aws:iam::${ACCOUNT}:group/staff`, undefined],
    ["AWS", `arn:aws:iam::${ACCOUNT}:Root`, undefined],
    ["AWS", `arn:aws:sts::${ACCOUNT}:user/alice`, undefined],
    ["AWS", `arn:aws:s3::${ACCOUNT}:user/alice`, undefined],
    ["AWS", "alice", undefined],
    ["AWS", "11112222333", undefined],
    ["CanonicalUser", "*", undefined],
  ];
  for (const [type, value, pattern] of rows) {
    await t.step(`${type} ${value}`, () => assert.deepEqual(parsePrincipal(type, value), pattern));
  }
});

Deno.test("who cannot come in here is known, and foreign", async (t) => {
  const rows: readonly (readonly [PrincipalType, string])[] = [
    ["AWS", `arn:aws:iam::${ACCOUNT}:role/reader`],
    ["AWS", `arn:aws:sts::${ACCOUNT}:assumed-role/reader/session`],
    ["AWS", `arn:aws:sts::${ACCOUNT}:federated-user/alice`],
    ["Service", "cloudtrail.amazonaws.com"],
    ["Federated", "graph.facebook.com"],
  ];
  for (const [type, value] of rows) {
    await t.step(value, () => {
      assert.deepEqual(parsePrincipal(type, value), { kind: "foreign", type, value });
    });
  }
});

Deno.test("Principal takes its forms and no others", async (t) => {
  const invalid = "Invalid principal in policy";
  const rows: readonly (readonly [principal: unknown, fault: string | undefined])[] = [
    ["*", undefined],
    [{ AWS: "*" }, undefined],
    [{ AWS: [ACCOUNT], Service: "s3.amazonaws.com", CanonicalUser: ["a", "b"] }, undefined],
    ["alice", `Statement[0].Principal: ${invalid}: it names nobody`],
    [`arn:aws:iam::${ACCOUNT}:user/alice`, `Statement[0].Principal: ${invalid}: it names nobody`],
    [{}, `Statement[0].Principal: ${invalid}: it names nobody`],
    [{ AWS: [] }, "Statement[0].Principal.AWS: must be a text or a list of texts"],
    [{ AWS: 7 }, `Statement[0].Principal: ${invalid}`],
    [{ AWS: "alice" }, `Statement[0].Principal.AWS: ${invalid}: alice`],
    [{ AWS: ["*", "bob"] }, `Statement[0].Principal.AWS: ${invalid}: bob`],
    [{ Aws: "*" }, "Statement[0].Principal: Unknown field Aws"],
    [["*"], `Statement[0].Principal: ${invalid}`],
    [7, `Statement[0].Principal: ${invalid}`],
  ];
  for (const [Principal, fault] of rows) {
    await t.step(JSON.stringify(Principal), () => {
      const [first] = faultsOf(policyText(statement({ Principal })));
      assert.equal(first?.slice(0, fault?.length), fault);
    });
  }
});

Deno.test("a statement is about whom its Principal means", async (t) => {
  const rows: readonly Row[] = [
    ["everybody", ["*"], [ALICE, BOB, MEMBER, STRANGER, ANONYMOUS], []],
    ["a user", ["arn:aws:iam::111122223333:user/alice"], [ALICE], [
      BOB,
      MEMBER,
      STRANGER,
      ANONYMOUS,
    ]],
    ["a user of whatever account", ["arn:aws:iam:::user/alice"], [ALICE, STRANGER], [
      BOB,
      ANONYMOUS,
    ]],
    ["several", ["arn:aws:iam:::user/bob", "arn:aws:iam:::user/carol"], [BOB, MEMBER], [ALICE]],
    ["a role", ["arn:aws:iam::111122223333:role/alice"], [], [ALICE, ANONYMOUS]],
  ];
  for (const [name, values, meant, others] of rows) {
    await t.step(name, () => {
      for (const effect of ["Allow", "Deny"] as const) {
        const principals = elements(values);
        for (const one of meant) assert.equal(matchesPrincipal(principals, one, effect), true);
        for (const one of others) assert.equal(matchesPrincipal(principals, one, effect), false);
      }
    });
  }
});

Deno.test("a canonical user is the user of that name", () => {
  const principals = { negated: false, patterns: [{ kind: "canonical", id: "alice" } as const] };
  assert.equal(matchesPrincipal(principals, ALICE, "Allow"), true);
  assert.equal(matchesPrincipal(principals, BOB, "Allow"), false);
  assert.equal(matchesPrincipal(principals, ANONYMOUS, "Allow"), false);
});

Deno.test("an Allow to an account reaches those who have the bucket, a Deny all of its users", () => {
  const account = elements([ACCOUNT]);
  assert.equal(matchesPrincipal(account, MEMBER, "Allow"), true);
  assert.equal(matchesPrincipal(account, ALICE, "Allow"), false);
  assert.equal(matchesPrincipal(account, ALICE, "Deny"), true);
  assert.equal(matchesPrincipal(account, MEMBER, "Deny"), true);
  for (const effect of ["Allow", "Deny"] as const) {
    assert.equal(matchesPrincipal(account, STRANGER, effect), false);
    assert.equal(matchesPrincipal(account, ANONYMOUS, effect), false);
  }
});

Deno.test("NotPrincipal means all but the users that it names", () => {
  const principals = elements(["arn:aws:iam::111122223333:user/alice", ACCOUNT], true);
  assert.equal(matchesPrincipal(principals, ALICE, "Deny"), false);
  for (const one of [BOB, MEMBER, STRANGER, ANONYMOUS]) {
    assert.equal(matchesPrincipal(principals, one, "Deny"), true);
  }
});

type Row = readonly [
  name: string,
  values: readonly string[],
  meant: readonly PolicyPrincipal[],
  others: readonly PolicyPrincipal[],
];

function user(
  name: string,
  { account = ACCOUNT, isMember = false } = {},
): PolicyPrincipal {
  return { kind: "user", account, name, isMember };
}

function elements(values: readonly string[], negated = false): Elements<PrincipalPattern> {
  return { negated, patterns: values.flatMap((value) => parsePrincipal("AWS", value) ?? []) };
}
