import assert from "node:assert/strict";
import { bucketPolicy, conditionIn } from "../../../src/cli/validate/checks/bucket_policy.ts";
import { singleWriter, writersIn } from "../../../src/cli/validate/checks/single_writer.ts";
import { logBucket } from "../../../src/cli/validate/log_bucket.ts";
import { parsePolicy } from "../../../src/policy/parse.ts";
import { forBucket } from "../../../src/policy/template.ts";
import { REPOSITORY } from "../../harness/server.ts";
import { found } from "./told_cluster.ts";

const PLACE = { bucket: "b", prefix: "events/" };

async function ready(name: string) {
  return parsePolicy(forBucket(await Deno.readTextFile(`${REPOSITORY}/policies/${name}`), "b"));
}

function policy(...statements: readonly object[]) {
  return parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }));
}

const EVENTS = "arn:aws:s3:::b/events/*";
const user = (...names: readonly string[]) => ({
  AWS: names.map((name) => `arn:aws:iam::000000000000:user/${name}`),
});

function write(principal: object | string, condition?: object, effect = "Allow") {
  return {
    Effect: effect,
    Principal: principal,
    Action: "s3:PutObject",
    Resource: EVENTS,
    ...condition === undefined ? {} : { Condition: condition },
  };
}

const NEW = { Null: { "s3:if-none-match": "false" } };

Deno.test("the ready policies for append-only logs have the condition", async () => {
  for (const name of ["events-append-only.json", "aws/events-append-only.json"]) {
    const { verdict, reasons } = conditionIn(await ready(name), PLACE);
    assert.deepEqual([verdict, reasons], ["pass", []]);
  }
});

Deno.test("a Deny for writes without the header says the same as an Allow for those with it", () => {
  const denial = write("*", { Null: { "s3:if-none-match": "true" } }, "Deny");
  assert.equal(conditionIn(policy(denial), PLACE).verdict, "pass");
});

const LOOSE: readonly (readonly [string, ReturnType<typeof policy>, RegExp])[] = [
  [
    "no condition",
    policy(write(user("o"))),
    /no statement .* b\/events\/\* has the condition Null/,
  ],
  [
    "another key",
    policy(write(user("o"), { Null: { "s3:if-match": "false" } })),
    /no statement .* has the condition/,
  ],
  [
    "a Deny for writes with the header",
    policy(write("*", NEW, "Deny")),
    /no statement .* has the condition/,
  ],
  [
    "a condition on another place",
    policy({ ...write(user("o"), NEW), Resource: "arn:aws:s3:::b/notes/*" }),
    /no statement .* has the condition/,
  ],
  [
    "a key in other letters",
    policy(write(user("o"), { Null: { "s3:If-None-Match": "false" } })),
    /write s3:If-None-Match as AWS does: s3:if-none-match/,
  ],
];

for (const [what, document, reason] of LOOSE) {
  Deno.test(`bucket-policy fails for ${what}`, () => {
    const { verdict, reasons } = conditionIn(document, PLACE);
    assert.equal(verdict, "fail");
    assert.match(reasons.join("\n"), reason);
  });
}

Deno.test("one writer passes, also where several statements name it", async () => {
  const twice = policy(write(user("o"), NEW), { ...write(user("o")), Action: "s3:*" });
  for (const document of [twice, await ready("events-single-writer.json")]) {
    const { verdict, reasons } = writersIn(document, PLACE);
    assert.deepEqual([verdict, reasons], ["pass", []]);
  }
});

Deno.test("a role of AWS is one writer, as the checklist has it", () => {
  const role = { AWS: "arn:aws:iam::123456789012:role/rynxs-operator" };
  const { verdict, seen } = writersIn(policy(write(role, NEW)), PLACE);
  assert.equal(verdict, "pass");
  assert.match(seen.join(), /rynxs-operator write b\/events\/\*/);
});

const WRITERS: readonly (readonly [string, readonly object[], RegExp])[] = [
  ["everybody", [write("*")], /everybody.* may be many/],
  [
    "a whole account",
    [write({ AWS: "000000000000" })],
    /users of account 000000000000.*may be many/,
  ],
  ["two users", [write(user("o", "p"))], /the policy lets 2 principals write b\/events\/\*, not 1/],
  [
    "two statements",
    [write(user("o")), { ...write(user("p")), Action: "s3:Put*" }],
    /2 principals/,
  ],
  ["nobody", [write("*", undefined, "Deny")], /0 principals/],
  [
    "one for another place",
    [{ ...write(user("o")), Resource: "arn:aws:s3:::b/notes/*" }],
    /0 principals/,
  ],
];

for (const [who, statements, reason] of WRITERS) {
  Deno.test(`single-writer fails where the policy lets ${who} write`, () => {
    const { verdict, reasons } = writersIn(policy(...statements), PLACE);
    assert.equal(verdict, "fail");
    assert.match(reasons.join("\n"), reason);
  });
}

Deno.test("a policy in a file is judged, and nothing is written", async () => {
  const text = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ ...write(user("o"), NEW), Resource: "arn:aws:s3:::BUCKET/events/*" }],
  });
  const location = { kind: "s3", bucket: "b", prefix: "events" } as const;
  const bucket = logBucket(location, { name: "p.json", text }, {});
  assert.equal((await found(bucketPolicy, "pre", { bucket })).verdict, "pass");
  assert.equal((await found(singleWriter, "pre", { bucket })).verdict, "pass");
});

Deno.test("a policy with NotPrincipal in an Allow, or that is none, is a fail with its reason", async () => {
  const { Principal, ...rest } = write(user("o"));
  const location = { kind: "s3", bucket: "b", prefix: "events" } as const;
  for (
    const [text, reason] of [
      [JSON.stringify({ Statement: [{ ...rest, NotPrincipal: Principal }] }), /NotPrincipal/],
      ["nothing", /p\.json: .*valid JSON/],
    ] as const
  ) {
    const bucket = logBucket(location, { name: "p.json", text }, {});
    const { verdict, reasons } = await found(singleWriter, "pre", { bucket });
    assert.equal(verdict, "fail");
    assert.match(reasons.join("\n"), reason);
  }
});

Deno.test("a log in a file has no policy that could be wrong", async () => {
  const bucket = logBucket({ kind: "file", path: "log.jsonl" }, undefined, {});
  for (const check of [bucketPolicy, singleWriter]) {
    const { verdict, reasons } = await found(check, "pre", { bucket });
    assert.equal(verdict, "not-applicable");
    assert.match(reasons.join(), /the log is in a file, log\.jsonl/);
  }
});
