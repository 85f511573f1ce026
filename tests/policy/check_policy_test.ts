import assert from "node:assert/strict";
import type { PolicyContext } from "../../src/policy/policy_context.ts";
import { faultsOf, policyText, statement } from "./policy_json.ts";

const BUCKET: PolicyContext = { bucket: "bucket" };

Deno.test("an action must be one of S3's", async (t) => {
  const rows: readonly (readonly [action: string, isKnown: boolean])[] = [
    ["s3:GetObject", true],
    ["S3:getobject", true],
    ["s3:Get*", true],
    ["s3:?etObject", true],
    ["s3:*", true],
    ["*", true],
    ["s3:GetObjects", false],
    ["s3:", false],
    ["GetObject", false],
    ["s3:Fly*", false],
    ["ec2:RunInstances", false],
    ["s3-outposts:GetObject", false],
  ];
  for (const element of ["Action", "NotAction"]) {
    for (const [action, isKnown] of rows) {
      await t.step(`${element} ${action}`, () => {
        const text = policyText(statement({ Action: undefined, [element]: action }));
        const fault = `Statement[0].${element}: Policy has invalid action: ${action}`;
        assert.deepEqual(faultsOf(text), isKnown ? [] : [fault]);
      });
    }
  }
});

Deno.test("a bucket's policy names that bucket and what is in it", async (t) => {
  const rows: readonly (readonly [resource: string, isOfBucket: boolean])[] = [
    ["arn:aws:s3:::bucket", true],
    ["arn:aws:s3:::bucket/", true],
    ["arn:aws:s3:::bucket/*", true],
    ["arn:aws:s3:::bucket/home/${aws:username}/*", true],
    ["arn:aws-cn:s3:::bucket/*", true],
    ["arn:aws-us-gov:s3:::bucket/*", true],
    ["arn:aws:s3:::other/*", false],
    ["arn:aws:s3:::bucket2", false],
    ["arn:aws:s3:::buck", false],
    ["arn:aws:s3:::bucket*", false],
    ["arn:aws:s3:::*", false],
    ["arn:aws:s3:::*/*", false],
    ["arn:aws:s3:::${aws:username}/*", false],
    ["*", false],
    ["bucket/*", false],
    ["arn:aws:s3:eu-west-1:111122223333:bucket/*", false],
    ["arn:aws:s3:::", false],
    ["arn:aws:sqs:::bucket", false],
    ["arn:gcp:s3:::bucket", false],
  ];
  for (const element of ["Resource", "NotResource"]) {
    for (const [resource, isOfBucket] of rows) {
      await t.step(`${element} ${resource}`, () => {
        const more = { Action: "s3:*", Resource: undefined, [element]: resource };
        const faults = faultsOf(policyText(statement(more)), BUCKET);
        const fault = `Statement[0].${element}: Policy has invalid resource: ${resource}`;
        assert.deepEqual(faults, isOfBucket ? [] : [fault]);
      });
    }
  }
});

Deno.test("a policy of no bucket in particular may name any", async (t) => {
  for (const Resource of ["*", "arn:aws:s3:::*", "arn:aws:s3:::one", "arn:aws:s3:::two*/x"]) {
    await t.step(
      Resource,
      () => assert.deepEqual(faultsOf(policyText(statement({ Resource }))), []),
    );
  }
});

Deno.test("an action must be done to something that the statement names", async (t) => {
  const bucket = "arn:aws:s3:::bucket";
  const objects = "arn:aws:s3:::bucket/*";
  const rows: readonly (readonly [action: string, resource: string | string[], lost: boolean])[] = [
    ["s3:GetObject", objects, false],
    ["s3:GetObject", bucket, true],
    ["s3:ListBucket", bucket, false],
    ["s3:ListBucket", objects, true],
    ["s3:ListBucket", [objects, bucket], false],
    ["s3:Get*", objects, false],
    ["s3:Get*", bucket, false],
    ["s3:List*Bucket", objects, true],
    ["s3:ListAllMyBuckets", [bucket, objects], true],
    ["s3:CreateJob", [bucket, objects], true],
    ["*", bucket, false],
  ];
  for (const [Action, Resource, lost] of rows) {
    await t.step(`${Action} on ${Resource}`, () => {
      const fault = "Statement[0].Action: Action does not apply to any resource(s) in statement: " +
        Action;
      const text = policyText(statement({ Action, Resource }));
      assert.deepEqual(faultsOf(text, BUCKET), lost ? [fault] : []);
    });
  }
});

Deno.test("NotAction and NotResource are about something whatever they leave out", () => {
  const text = policyText(
    statement({ Action: undefined, NotAction: "s3:ListBucket" }),
    statement({
      Action: "s3:ListBucket",
      Resource: undefined,
      NotResource: "arn:aws:s3:::bucket/a",
    }),
  );
  assert.deepEqual(faultsOf(text, BUCKET), []);
});

Deno.test("an operator must be one of AWS's", () => {
  const more = { Condition: { StringEqual: { "aws:username": "x" } } };
  assert.deepEqual(faultsOf(policyText(statement(more))), [
    "Statement[0].Condition.StringEqual.aws:username: Invalid Condition type : StringEqual",
  ]);
});

Deno.test("a condition key must be one of AWS's", async (t) => {
  const rows: readonly (readonly [key: string, isKnown: boolean])[] = [
    ["aws:username", true],
    ["AWS:UserName", true],
    ["aws:SourceVpce", true],
    ["aws:PrincipalTag/team", true],
    ["aws:usernames", false],
    ["username", false],
    ["aws:PrincipalTag", false],
    ["aws:PrincipalTag/", false],
    ["aws:username/x", false],
    ["s3:x-amz-copy-source-if-none-match", false],
    ["s3:x-amz-meta-owner", false],
    ["ec2:Region", false],
    ["constructor", false],
  ];
  for (const [key, isKnown] of rows) {
    await t.step(key, () => {
      const faults = faultsOf(policyText(statement({ Condition: { StringLike: { [key]: "x" } } })));
      const path = `Statement[0].Condition.StringLike.${key}`;
      const fault = `${path}: Policy has an invalid condition key: ${key}`;
      assert.deepEqual(faults, isKnown ? [] : [fault]);
    });
  }
});

Deno.test("a value must fit its operator", async (t) => {
  const rows: readonly (readonly [operator: string, key: string, value: unknown, fits: boolean])[] =
    [
      ["NumericEquals", "s3:max-keys", 10, true],
      ["NumericEquals", "s3:max-keys", "ten", false],
      ["DateLessThan", "aws:CurrentTime", "2026-01-01T00:00:00Z", true],
      ["DateLessThan", "aws:CurrentTime", "01/01/2026", false],
      ["Bool", "aws:SecureTransport", false, true],
      ["Bool", "aws:SecureTransport", "no", false],
      ["IpAddress", "aws:SourceIp", "203.0.113.0/24", true],
      ["IpAddress", "aws:SourceIp", "203.0.113.0/33", false],
      ["Null", "aws:Referer", "true", true],
      ["Null", "aws:Referer", "yes", false],
    ];
  for (const [operator, key, value, fits] of rows) {
    await t.step(`${operator} ${value}`, () => {
      const more = {
        Action: "s3:ListBucket",
        Resource: "arn:aws:s3:::bucket",
        Condition: { [operator]: { [key]: value } },
      };
      const fault = `Statement[0].Condition.${operator}.${key}: ${operator} cannot compare with ` +
        JSON.stringify(value);
      assert.deepEqual(faultsOf(policyText(statement(more))), fits ? [] : [fault]);
    });
  }
});

Deno.test("in a bucket's policy some action must carry the key of a condition", async (t) => {
  const rows: readonly (readonly [action: string | string[], key: string, isCarried: boolean])[] = [
    ["s3:PutObject", "s3:if-none-match", true],
    ["s3:GetObject", "s3:if-none-match", false],
    ["s3:*", "s3:if-none-match", true],
    [["s3:GetObject", "s3:PutObject"], "s3:if-none-match", true],
    ["s3:GetObject", "s3:prefix", false],
    ["s3:*", "s3:prefix", false],
    ["s3:GetObject", "aws:Referer", true],
    ["s3:GetObject", "s3:signatureversion", true],
    ["s3:GetObject", "s3:ExistingObjectTag/team", true],
    ["s3:PutObject", "s3:ExistingObjectTag/team", false],
    ["s3:PutObject", "S3:IF-NONE-MATCH", true],
  ];
  for (const [Action, key, isCarried] of rows) {
    await t.step(`${Action} with ${key}`, () => {
      const text = policyText(statement({ Action, Condition: { Null: { [key]: "true" } } }));
      const fault = `Statement[0].Condition.Null.${key}: Conditions do not apply to combination ` +
        `of actions and resources in statement: ${key}`;
      assert.deepEqual(faultsOf(text, BUCKET), isCarried ? [] : [fault]);
      assert.deepEqual(faultsOf(text), []);
    });
  }
});

Deno.test("a variable must stand for one value", async (t) => {
  const rows: readonly (readonly [text: string, fault: string | undefined])[] = [
    ["${aws:username}", undefined],
    ["${aws:username, 'nobody'}/${s3:prefix}", undefined],
    ["${*}${?}${$}", undefined],
    ["$", undefined],
    ["${aws:usernam}", "there is no key aws:usernam"],
    ["${aws:TagKeys}", "aws:TagKeys can have several values"],
    ["${aws:username", "${aws:username"],
    ["${}", "${}"],
  ];
  for (const [text, fault] of rows) {
    await t.step(text, () => {
      const Resource = `arn:aws:s3:::bucket/${text}`;
      const more = { Resource, Condition: { StringLike: { "aws:Referer": text } } };
      const faults = faultsOf(policyText(statement(more)));
      assert.equal(faults.length, fault === undefined ? 0 : 2);
      for (const line of faults) {
        assert.match(
          line,
          /^Statement\[0\]\.(Resource|Condition\.StringLike\.aws:Referer): Policy has an invalid variable: /,
        );
        assert.equal(line.endsWith(fault ?? ""), true, line);
      }
    });
  }
});

Deno.test("policies of 2008-10-17 have no variables, so none can be wrong", () => {
  const Statement = statement({
    Resource: "arn:aws:s3:::bucket/${x}",
    Condition: { StringLike: { "aws:Referer": "${y" } },
  });
  assert.deepEqual(faultsOf(JSON.stringify({ Version: "2008-10-17", Statement })), []);
});

Deno.test("who is named must exist, where that can be told", async (t) => {
  const context: PolicyContext = {
    account: "111122223333",
    knows: ({ name }) => name === "alice",
  };
  const refused = "Statement[0].Principal: Invalid principal in policy: there is no";
  const rows: readonly (readonly [principal: unknown, fault: string | undefined])[] = [
    ["*", undefined],
    [{ AWS: "arn:aws:iam::111122223333:user/alice" }, undefined],
    [{ AWS: "arn:aws:iam:::user/alice" }, undefined],
    [{ CanonicalUser: "alice" }, undefined],
    [{ AWS: "111122223333" }, undefined],
    [{ AWS: "arn:aws:iam::111122223333:root" }, undefined],
    [{ Service: "cloudtrail.amazonaws.com" }, undefined],
    [{ AWS: "arn:aws:iam::444455556666:role/reader" }, undefined],
    [{ AWS: "arn:aws:iam::111122223333:user/bob" }, `${refused} user bob`],
    [{ CanonicalUser: "bob" }, `${refused} user bob`],
    [{ AWS: "arn:aws:iam::444455556666:user/alice" }, `${refused} account 444455556666 here`],
    [{ AWS: "444455556666" }, `${refused} account 444455556666 here`],
  ];
  for (const [Principal, fault] of rows) {
    await t.step(JSON.stringify(Principal), () => {
      const text = policyText(statement({ Principal }));
      assert.deepEqual(faultsOf(text, context), fault === undefined ? [] : [fault]);
      assert.deepEqual(faultsOf(text), []);
    });
  }
});

Deno.test("NotPrincipal goes with Deny only", () => {
  const more = { Principal: undefined, NotPrincipal: { AWS: "111122223333" } };
  assert.deepEqual(faultsOf(policyText(statement({ ...more, Effect: "Deny" }))), []);
  assert.deepEqual(faultsOf(policyText(statement(more))), [
    "Statement[0].NotPrincipal: Invalid policy syntax: NotPrincipal goes with Deny only",
  ]);
});
