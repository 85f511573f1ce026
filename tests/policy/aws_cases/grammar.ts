import {
  allow,
  allowWhen,
  type AwsCase,
  BUCKET,
  decisions,
  deny,
  get,
  list,
  OBJECTS,
  policy,
  refusals,
} from "./aws_case.ts";
import { BUCKET_EXAMPLES, EFFECT, GRAMMAR, OPERATORS, POLICY_CHECKS, STATEMENT } from "./pages.ts";

/** A statement without one of its elements. */
function without(element: string): object {
  return Object.fromEntries(Object.entries(allow()).filter(([name]) => name !== element));
}

/** A document of one statement that differs from a good one in `more`. */
function but(more: object): object {
  return policy(allow(more));
}

const TWO_EFFECTS =
  `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"${OBJECTS}"}}`;

/** "Grammar of the IAM JSON policy language": documents that are fine, and documents that are not. */
export const GRAMMAR_OF_POLICIES: readonly AwsCase[] = [
  ...decisions(GRAMMAR, { Statement: [allow()] }, [
    ["a document needs no version", get("k"), "allow"],
  ]),
  ...decisions(STATEMENT, { Version: "2012-10-17", Statement: allow() }, [
    ["one statement needs no list", get("k"), "allow"],
  ]),
  ...decisions(GRAMMAR, {
    Version: "2008-10-17",
    Id: "a policy, with spaces",
    Statement: [allow()],
  }, [
    ["a document may have an id and the older version", get("k"), "allow"],
  ]),
  ...decisions(
    GRAMMAR,
    {
      Statement: [{
        Resource: [OBJECTS],
        Action: ["s3:GetObject"],
        Principal: { AWS: ["*"] },
        Effect: "Allow",
        Sid: "1",
      }],
      Version: "2012-10-17",
    },
    [["elements may be in any order, and lists of one", get("k"), "allow"]],
  ),
  ...decisions(
    GRAMMAR,
    allowWhen({
      Bool: { "aws:SecureTransport": true },
      NumericLessThanEquals: { "s3:max-keys": 10 },
    }),
    [
      ["numbers and truths need no quotes", list({ "max-keys": "10" }), "allow"],
      ["numbers without quotes are compared", list({ "max-keys": "11" }), "default"],
    ],
  ),
  ...decisions(GRAMMAR, allowWhen({ Bool: { "aws:SecureTransport": [false] } }), [
    ["truths without quotes are compared", get("k", { tls: true }), "default"],
    ["truths without quotes may be in lists", get("k", { tls: false }), "allow"],
  ]),
  ...decisions(
    BUCKET_EXAMPLES,
    policy(
      allow({ Sid: "Allow get requests originating from www.example.com." }),
      deny({ Sid: "", Action: "s3:PutObject" }),
    ),
    [["what a statement is called says nothing", get("k"), "allow"]],
  ),
  ...refusals(POLICY_CHECKS, [
    ["a document is JSON", "Version: 2012-10-17"],
    ["a document ends with its brace", JSON.stringify(policy(allow())).slice(0, -1)],
    ["a document's version is one of two", { Version: "2020-01-01", Statement: [allow()] }],
    ["a document's version is text", { Version: 20121017, Statement: [allow()] }],
    ["a document has statements", { Version: "2012-10-17" }],
    ["a document has no unknown elements", { ...policy(allow()), Rule: [] }],
    ["a statement has no unknown elements", but({ Actions: "s3:*" })],
    ["a statement has an effect", policy(without("Effect"))],
    ["a statement has actions", policy(without("Action"))],
    ["a statement has resources", policy(without("Resource"))],
    ["a statement of a bucket has principals", policy(without("Principal"))],
    ["actions are given once, as what is meant or what is not", but({ NotAction: "s3:GetObject" })],
    ["resources are given once", but({ NotResource: OBJECTS })],
    ["principals are given once", but({ NotPrincipal: { AWS: "123456789012" } })],
    ["an operator is a known one", allowWhen({ StringMatches: { "s3:prefix": "a" } })],
    [
      "a set operator is a known one",
      allowWhen({ "ForNoValues:StringEquals": { "s3:prefix": "a" } }),
    ],
    ["an action names its service", but({ Action: "GetObject" })],
    ["an action exists", but({ Action: "s3:FetchObject" })],
    ["an action is of a service that exists", but({ Action: "s4:GetObject" })],
    ["a resource begins with arn", but({ Resource: "bucket/*" })],
    ["a resource has all the fields of an ARN", but({ Resource: "arn:aws:s3:bucket" })],
    ["a resource's service has no capitals", but({ Resource: "arn:aws:S3:::bucket/*" })],
    ["a bucket's ARN has no account", but({ Resource: "arn:aws:s3::123456789012:bucket/*" })],
    ["a condition key names its service", allowWhen({ StringEquals: { prefix: "a" } })],
    ["a global condition key exists", allowWhen({ StringEquals: { "aws:Weather": "fine" } })],
    [
      "a condition key of the service exists",
      allowWhen({ StringEquals: { "s3:weather": "fine" } }),
    ],
    ["a number is a number", allowWhen({ NumericEquals: { "s3:max-keys": "ten" } })],
    ["a date is a date", allowWhen({ DateLessThan: { "aws:CurrentTime": "yesterday" } })],
  ]),
  ...refusals(EFFECT, [
    ["an effect is Allow or Deny", but({ Effect: "Permit" })],
    ["an effect has its capital", but({ Effect: "allow" })],
  ]),
  ...refusals(GRAMMAR, [
    ["an element is not there twice", TWO_EFFECTS],
    ["a document is an object", [policy(allow())]],
    ["a statement is an object", { Version: "2012-10-17", Statement: ["Allow"] }],
    [
      "a value of a condition is text, a number or a truth",
      allowWhen({ StringEquals: { "s3:prefix": { a: 1 } } }),
    ],
    ["a value of a condition is not null", allowWhen({ StringEquals: { "s3:prefix": null } })],
    ["a condition is a key under an operator", allowWhen({ StringEquals: "s3:prefix" })],
  ]),
  ...refusals(OPERATORS, [
    ["an address is an address", allowWhen({ IpAddress: { "aws:SourceIp": "300.1.1.1/24" } })],
    [
      "a range is in the form of CIDR",
      allowWhen({ IpAddress: { "aws:SourceIp": "192.0.2.0/33" } }),
    ],
    ["Null is true or false", allowWhen({ Null: { "s3:prefix": "perhaps" } })],
  ]),
  ...refusals(BUCKET_EXAMPLES, [
    [
      "a document has twenty kilobytes at most",
      but({ Resource: Array.from({ length: 700 }, (_, index) => `${BUCKET}/folder-${index}/*`) }),
    ],
  ]),
];
