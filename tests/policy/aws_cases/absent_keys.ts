import {
  allow,
  allowWhen,
  type AwsCase,
  decisions,
  denyWhen,
  get,
  list,
  policy,
  put,
  refusals,
} from "./aws_case.ts";
import { GLOBAL_KEYS, OPERATORS, POLICY_CHECKS, WALKTHROUGH } from "./pages.ts";

/** "...IfExists condition operators" and "Condition operator to check existence of condition keys". */
export const ABSENT_KEYS: readonly AwsCase[] = [
  ...decisions(OPERATORS, allowWhen({ Null: { "aws:TokenIssueTime": "true" } }), [
    ["Null true holds for an access key, which has no time of issue", get("k"), "allow"],
  ]),
  ...decisions(OPERATORS, allowWhen({ Null: { "aws:TokenIssueTime": "false" } }), [
    ["Null false does not hold for an absent key", get("k"), "default"],
  ]),
  ...decisions(OPERATORS, allowWhen({ Null: { "s3:x-amz-acl": "true" } }), [
    ["Null true holds where the header is not sent", put("k"), "allow"],
    ["Null true does not hold where it is sent", put("k", { "x-amz-acl": "private" }), "default"],
  ]),
  ...decisions(OPERATORS, allowWhen({ Null: { "s3:x-amz-acl": "false" } }), [
    ["Null false holds where the header is sent", put("k", { "x-amz-acl": "private" }), "allow"],
    ["Null false does not hold where the header is not sent", put("k"), "default"],
  ]),
  ...decisions(WALKTHROUGH, allowWhen({ Null: { "s3:prefix": false } }), [
    ["an empty prefix is a prefix", list({ prefix: "" }), "allow"],
    ["without a prefix there is none", list(), "default"],
  ]),
  ...decisions(OPERATORS, allowWhen({ Null: { "s3:prefix": "false", "s3:delimiter": "true" } }), [
    ["two keys under Null must both be as it says", list({ prefix: "a/" }), "allow"],
    ["one of two keys under Null is not enough", list({ prefix: "a/", delimiter: "/" }), "default"],
  ]),
  ...decisions(OPERATORS, allowWhen({ StringLikeIfExists: { "s3:prefix": ["t1.*", "t2.*"] } }), [
    ["IfExists compares a key that is there", list({ prefix: "t2.micro" }), "allow"],
    [
      "IfExists does not hold for a key that is there and differs",
      list({ prefix: "m3.large" }),
      "default",
    ],
    ["IfExists holds where the request has no such key", list(), "allow"],
    ["IfExists holds where the action carries no such key", get("k"), "allow"],
  ]),
  ...decisions(OPERATORS, allowWhen({ StringLike: { "s3:prefix": ["t1.*", "t2.*"] } }), [
    ["without IfExists an action that carries no such key stays out", get("k"), "default"],
  ]),
  ...decisions(
    OPERATORS,
    denyWhen({ StringNotEqualsIfExists: { "s3:x-amz-storage-class": "STANDARD" } }),
    [
      ["a negated IfExists denies where the key is absent", put("k"), "deny"],
      [
        "a negated IfExists denies what differs",
        put("k", { "x-amz-storage-class": "GLACIER" }),
        "deny",
      ],
      [
        "a negated IfExists lets pass what is equal",
        put("k", { "x-amz-storage-class": "STANDARD" }),
        "default",
      ],
    ],
  ),
  ...decisions(
    OPERATORS,
    policy(allow({
      Condition: {
        StringEqualsIfExists: { "s3:prefix": "a/" },
        IpAddress: { "aws:SourceIp": "192.0.2.0/24" },
      },
    })),
    [
      ["beside an absent key the other conditions still have to hold", {
        ...list(),
        ip: "198.51.100.1",
      }, "default"],
      ["beside an absent key the other conditions decide", { ...list(), ip: "192.0.2.1" }, "allow"],
    ],
  ),
  ...decisions(OPERATORS, allowWhen({ NumericLessThanIfExists: { "s3:signatureAge": "1000" } }), [
    [
      "a numeric IfExists compares what is there",
      get("k", { signature: { type: "REST-QUERY-STRING", age: 2000 } }),
      "default",
    ],
    ["a numeric IfExists holds where nothing was signed", get("k", { as: "anonymous" }), "allow"],
  ]),
  ...decisions(
    OPERATORS,
    allowWhen({ DateGreaterThanIfExists: { "aws:TokenIssueTime": "2026-01-01T00:00:00Z" } }),
    [["a date IfExists holds for an absent key", get("k"), "allow"]],
  ),
  ...decisions(
    OPERATORS,
    allowWhen({ ArnEqualsIfExists: { "aws:SourceArn": "arn:aws:s3:::source" } }),
    [["an ARN IfExists holds for an absent key", get("k"), "allow"]],
  ),
  ...decisions(GLOBAL_KEYS, denyWhen({ BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } }), [
    ["BoolIfExists false denies an access key, which shows no second factor", get("k"), "deny"],
  ]),
  ...decisions(GLOBAL_KEYS, allowWhen({ BoolIfExists: { "aws:MultiFactorAuthPresent": "true" } }), [
    ["BoolIfExists true lets an access key in, which can show none", get("k"), "allow"],
  ]),
  ...decisions(GLOBAL_KEYS, allowWhen({ Null: { "aws:MultiFactorAuthPresent": "false" } }), [
    ["Null false keeps an access key out, which can show no second factor", get("k"), "default"],
  ]),
  ...decisions(
    GLOBAL_KEYS,
    allowWhen({
      IpAddressIfExists: { "aws:SourceIp": ["192.0.2.0/24"] },
      StringEqualsIfExists: { "aws:SourceVpc": ["vpc-111bbb22"] },
    }),
    [
      [
        "an address that is there is compared, a network that is not there is not",
        get("k", { ip: "192.0.2.9" }),
        "allow",
      ],
      [
        "an address that is there and differs does not pass",
        get("k", { ip: "198.51.100.9" }),
        "default",
      ],
    ],
  ),
  ...refusals(OPERATORS, [
    ["Null takes no IfExists", allowWhen({ NullIfExists: { "s3:prefix": "true" } })],
  ]),
  ...refusals(POLICY_CHECKS, [
    [
      "Null takes no IfExists behind a set operator either",
      allowWhen({ "ForAnyValue:NullIfExists": { "s3:prefix": "true" } }),
    ],
  ]),
];
