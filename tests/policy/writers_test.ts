import assert from "node:assert/strict";
import { userArn } from "../../src/policy/arn.ts";
import type { PrincipalPattern } from "../../src/policy/document.ts";
import { parsePolicy } from "../../src/policy/parse.ts";
import { writersOf } from "../../src/policy/writers.ts";
import { policyText, statement } from "./policy_json.ts";

const ALICE = "arn:aws:iam::111122223333:user/alice";
const BOB = "arn:aws:iam::111122223333:user/bob";
const ROOT = "arn:aws:iam::111122223333:root";
const EVENTS = "arn:aws:s3:::bucket/events/*";
const UNCONDITIONAL = { Null: { "s3:if-none-match": "true" } };

Deno.test("every principal of an Allow to write under the prefix is a writer", () => {
  const policy = [
    allow({ Sid: "first", Principal: { AWS: [ALICE, BOB] } }),
    allow({
      Sid: "second",
      Principal: "*",
      Condition: { Bool: { "aws:SecureTransport": "true" } },
    }),
  ];
  const writers = writersOf(parsePolicy(policyText(...policy)), place("events/"));
  assert.deepEqual(
    writers.map(({ principal, statement: { sid }, isConditional, limitedBy }) =>
      [nameOf(principal), sid, isConditional, limitedBy] as const
    ),
    [[ALICE, "first", false, []], [BOB, "first", false, []], ["everyone", "second", true, []]],
  );
});

Deno.test("an Allow is for writing where its actions and resources reach the prefix", async (t) => {
  const rows: readonly (readonly [more: object, prefix: string, writes: boolean])[] = [
    [{}, "events/", true],
    [{ Action: "s3:*" }, "events/", true],
    [{ Action: "s3:put*" }, "events/", true],
    [{ Action: "s3:GetObject" }, "events/", false],
    [{ Action: "s3:PutObjectAcl" }, "events/", false],
    [{ Action: undefined, NotAction: "s3:Get*" }, "events/", true],
    [{ Action: undefined, NotAction: "s3:Put*" }, "events/", false],
    [{ Resource: "arn:aws:s3:::bucket/*" }, "events/", true],
    [{ Resource: "arn:aws:s3:::bucket/events/2026/*" }, "events/", true],
    [{ Resource: "arn:aws:s3:::bucket/events/2026" }, "events/", true],
    [{ Resource: "arn:aws:s3:::bucket/*.json" }, "events/", true],
    [{ Resource: "arn:aws:s3:::bucket/?vents/x" }, "events/", true],
    [{ Resource: "arn:aws:s3:::bucket/${aws:username}/x" }, "events/", true],
    [{ Resource: "arn:aws:s3:::bucket/e${*}ents/*" }, "events/", false],
    [{ Resource: "arn:aws:s3:::bucket/event" }, "events/", false],
    [{ Resource: "arn:aws:s3:::bucket/evidence/*" }, "events/", false],
    [{ Resource: "arn:aws:s3:::other/events/*" }, "events/", false],
    [{ Resource: "arn:aws:s3:::bucket/evidence/*" }, "", true],
    [{ Resource: undefined, NotResource: "arn:aws:s3:::bucket/evidence/*" }, "events/", true],
    [{ Resource: undefined, NotResource: "arn:aws:s3:::bucket/events/2026/*" }, "events/", true],
    [{ Resource: undefined, NotResource: EVENTS }, "events/", false],
    [{ Resource: undefined, NotResource: EVENTS }, "events/2026/", false],
  ];
  for (const [more, prefix, writes] of rows) {
    await t.step(`${JSON.stringify(more)} under ${prefix}`, () => {
      assert.deepEqual(writersUnder([allow(more)], prefix), writes ? [ALICE] : []);
    });
  }
});

Deno.test("who is denied to write anything there is no writer", async (t) => {
  const rows: readonly (readonly [deny: object, isOut: boolean])[] = [
    [{ Principal: "*" }, true],
    [{ Principal: { AWS: ALICE } }, true],
    [{ Principal: { AWS: ROOT } }, true],
    [{ Resource: "arn:aws:s3:::bucket/*" }, true],
    [{ Action: "s3:*" }, true],
    [{ Principal: undefined, NotPrincipal: { AWS: [BOB, ROOT] } }, true],
    [{ Principal: undefined, NotPrincipal: { AWS: [ALICE, ROOT] } }, false],
    [{ Principal: { AWS: BOB } }, false],
    [{ Action: "s3:DeleteObject" }, false],
    [{ Resource: "arn:aws:s3:::bucket/events/2026/*" }, false],
    [{ Resource: "arn:aws:s3:::bucket/evidence/*" }, false],
    [{ Condition: UNCONDITIONAL }, false],
  ];
  for (const [more, isOut] of rows) {
    await t.step(JSON.stringify(more), () => {
      assert.deepEqual(writersUnder([allow(), deny(more)], "events/"), isOut ? [] : [ALICE]);
    });
  }
});

Deno.test("a Deny to one of many leaves the many writers, limited by it", () => {
  const policy = parsePolicy(policyText(
    allow({ Principal: "*" }),
    deny({ Principal: { AWS: ALICE } }),
  ));
  const [writer] = writersOf(policy, place("events/"));
  assert.equal(writer.principal.kind, "everyone");
  assert.deepEqual(writer.limitedBy.map(({ index }) => index), [1]);
});

Deno.test("a writer is limited by each Deny that keeps it from some of it", () => {
  const policy = parsePolicy(policyText(
    allow(),
    deny({ Condition: UNCONDITIONAL }),
    deny({ Resource: "arn:aws:s3:::bucket/events/2026/*" }),
    deny({ Principal: { AWS: BOB } }),
    deny({ Action: "s3:DeleteObject" }),
    deny({ Resource: "arn:aws:s3:::bucket/evidence/*" }),
    deny({ Principal: { AWS: "444455556666" } }),
  ));
  const [writer] = writersOf(policy, place("events/"));
  assert.deepEqual(writer.limitedBy.map(({ index }) => index), [1, 2]);
});

Deno.test("a user without an account may be the one of any", () => {
  const nameless = "arn:aws:iam:::user/alice";
  const limited = [allow({ Principal: { AWS: nameless } }), deny({ Principal: { AWS: ALICE } })];
  assert.deepEqual(writersUnder(limited, "events/"), [nameless]);
  const out = [allow({ Principal: { AWS: nameless } }), deny({ Principal: { AWS: nameless } })];
  assert.deepEqual(writersUnder(out, "events/"), []);
});

function allow(more: object = {}): object {
  return statement({
    Principal: { AWS: ALICE },
    Action: "s3:PutObject",
    Resource: EVENTS,
    ...more,
  });
}

function deny(more: object): object {
  return allow({ Effect: "Deny", Principal: "*", ...more });
}

function place(prefix: string) {
  return { bucket: "bucket", prefix };
}

function writersUnder(statements: readonly object[], prefix: string): readonly string[] {
  return writersOf(parsePolicy(policyText(...statements)), place(prefix))
    .map(({ principal }) => nameOf(principal));
}

function nameOf(principal: PrincipalPattern): string {
  return principal.kind === "user" ? userArn(principal.account, principal.name) : principal.kind;
}
