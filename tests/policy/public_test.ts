import assert from "node:assert/strict";
import { parsePolicy } from "../../src/policy/parse.ts";
import { isPublic } from "../../src/policy/public.ts";
import { policyText, statement } from "./policy_json.ts";

Deno.test("a policy is public where an Allow is for everybody", async (t) => {
  const rows: readonly (readonly [name: string, more: object, expected: boolean])[] = [
    ["everybody", { Principal: "*" }, true],
    ["everybody, written out", { Principal: { AWS: "*" } }, true],
    ["everybody among others", { Principal: { AWS: ["111122223333", "*"] } }, true],
    [
      "whoever an identity provider knows",
      { Principal: { Federated: "graph.facebook.com" } },
      true,
    ],
    ["a user", { Principal: { AWS: "arn:aws:iam::111122223333:user/alice" } }, false],
    ["an account", { Principal: { AWS: "111122223333" } }, false],
    ["a role", { Principal: { AWS: "arn:aws:iam::111122223333:role/a" } }, false],
    ["a canonical user", { Principal: { CanonicalUser: "alice" } }, false],
    ["a service", { Principal: { Service: "cloudtrail.amazonaws.com" } }, false],
    ["nobody, by a Deny", { Effect: "Deny" }, false],
  ];
  for (const [name, more, expected] of rows) {
    await t.step(name, () => assert.equal(isPublicPolicy(more), expected));
  }
});

Deno.test("a fixed value of a key that tells keeps an Allow from being public", async (t) => {
  const rows: readonly (readonly [condition: object, isPublic: boolean])[] = [
    [{ StringEquals: { "aws:SourceVpc": "vpc-91237329" } }, false],
    [{ StringLike: { "aws:SourceVpc": "vpc-91237329" } }, false],
    [{ StringLike: { "aws:SourceVpc": "vpc-*" } }, true],
    [{ StringLike: { "aws:SourceVpc": "vpc-9123732?" } }, true],
    [{ StringEquals: { "aws:SourceVpc": ["vpc-1", "vpc-*"] } }, true],
    [{ StringEquals: { "aws:SourceVpc": "${aws:username}" } }, true],
    [{ StringEquals: { "AWS:SOURCEVPCE": "vpce-1" } }, false],
    [{ StringEquals: { "aws:PrincipalOrgID": "o-1" } }, false],
    [{ StringEquals: { "aws:SourceAccount": "111122223333" } }, false],
    [{ StringEquals: { "aws:userid": "alice" } }, false],
    [{ StringLike: { "aws:userid": "AROAEXAMPLE:*" } }, true],
    [{ ArnEquals: { "aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:topic" } }, false],
    [{ ArnLike: { "aws:PrincipalArn": "arn:aws:iam::111122223333:user/*" } }, true],
    [{ ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::111122223333:user/alice" } }, false],
    [
      { ArnLike: { "s3:DataAccessPointArn": "arn:aws:s3:eu-west-1:111122223333:accesspoint/*" } },
      false,
    ],
    [{ ArnLike: { "s3:DataAccessPointArn": "arn:aws:s3:eu-west-1:*:accesspoint/*" } }, true],
    [{ StringEquals: { "aws:username": "alice" } }, true],
    [{ StringEquals: { "aws:Referer": "https://example.com/" } }, true],
    [{ Bool: { "aws:SecureTransport": "true" } }, true],
    [{ DateLessThan: { "aws:CurrentTime": "2030-01-01T00:00:00Z" } }, true],
  ];
  for (const [Condition, expected] of rows) {
    await t.step(JSON.stringify(Condition), () => {
      assert.equal(isPublicPolicy({ Condition }), expected);
    });
  }
});

Deno.test("an operator that an absent key or other values satisfy leaves an Allow public", async (t) => {
  const operators = [
    "StringNotEquals",
    "StringNotLike",
    "StringEqualsIfExists",
    "ForAllValues:StringEquals",
  ];
  for (const operator of operators) {
    await t.step(operator, () => {
      assert.equal(
        isPublicPolicy({ Condition: { [operator]: { "aws:SourceVpc": "vpc-1" } } }),
        true,
      );
    });
  }
  await t.step("Null", () => {
    assert.equal(isPublicPolicy({ Condition: { Null: { "aws:SourceVpc": "false" } } }), true);
  });
  await t.step("ForAnyValue wants the key to be there", () => {
    const Condition = { "ForAnyValue:StringEquals": { "aws:SourceVpc": "vpc-1" } };
    assert.equal(isPublicPolicy({ Condition }), false);
  });
});

Deno.test("addresses keep an Allow from being public unless their range is very broad", async (t) => {
  const rows: readonly (readonly [ranges: string | string[], isPublic: boolean])[] = [
    ["203.0.113.7", false],
    ["203.0.113.0/24", false],
    ["11.0.0.0/8", false],
    ["11.0.0.0/7", true],
    ["0.0.0.0/0", true],
    ["0.0.0.0/1", true],
    ["10.0.0.0/8", false],
    ["192.168.0.0/16", false],
    ["2001:db8::/32", false],
    ["2001:db8::/31", true],
    ["::/0", true],
    ["::ffff:0:0/96", true],
    [["203.0.113.0/24", "0.0.0.0/1"], true],
  ];
  for (const [ranges, expected] of rows) {
    await t.step(String(ranges), () => {
      assert.equal(
        isPublicPolicy({ Condition: { IpAddress: { "aws:SourceIp": ranges } } }),
        expected,
      );
      assert.equal(
        isPublicPolicy({ Condition: { NotIpAddress: { "aws:SourceIp": ranges } } }),
        true,
      );
    });
  }
});

Deno.test("one condition that tells is enough, one public statement too", () => {
  const fixed = { Condition: { StringEquals: { "aws:SourceVpc": "vpc-1", "aws:Referer": "x*" } } };
  assert.equal(isPublicPolicy(fixed), false);
  assert.equal(isPublic(parsePolicy(policyText(statement(fixed), statement()))), true);
});

Deno.test("no Deny makes a public policy less so", () => {
  const text = policyText(statement(), statement({ Effect: "Deny" }));
  assert.equal(isPublic(parsePolicy(text)), true);
});

function isPublicPolicy(more: object): boolean {
  return isPublic(parsePolicy(policyText(statement(more))));
}
