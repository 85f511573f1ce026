import { allowWhen, type AwsCase, decisions, denyWhen, get, list, put } from "./aws_case.ts";
import { MULTIPLE_VALUES } from "./pages.ts";

/** "Conditions with multiple context keys or values": AND, OR and NOR. */
export const MULTIPLE_KEYS_AND_VALUES: readonly AwsCase[] = [
  ...decisions(MULTIPLE_VALUES, allowWhen({ StringEquals: { "s3:prefix": ["a/", "b/"] } }), [
    ["of several values the first may match", list({ prefix: "a/" }), "allow"],
    ["of several values the last may match", list({ prefix: "b/" }), "allow"],
    ["one of several values has to match", list({ prefix: "c/" }), "default"],
  ]),
  ...decisions(
    MULTIPLE_VALUES,
    allowWhen({ StringEquals: { "s3:prefix": ["a/", "b/"], "s3:delimiter": "/" } }),
    [
      ["of several keys all have to match", list({ prefix: "b/", delimiter: "/" }), "allow"],
      ["the first of two keys is not enough", list({ prefix: "b/", delimiter: "-" }), "default"],
      ["the second of two keys is not enough", list({ prefix: "c/", delimiter: "/" }), "default"],
      [
        "a key that is absent does not match beside one that does",
        list({ prefix: "a/" }),
        "default",
      ],
    ],
  ),
  ...decisions(
    MULTIPLE_VALUES,
    allowWhen({
      StringEquals: { "s3:prefix": ["finance/", "legal/"], "s3:delimiter": ["/", "-"] },
      ArnLike: {
        "aws:PrincipalArn": [
          "arn:aws:iam::111122223333:user/ana",
          "arn:aws:iam::111122223333:user/mary",
        ],
      },
    }),
    [
      ["of several operators all have to hold", {
        ...list({ prefix: "finance/", delimiter: "/" }),
        as: { name: "mary" },
      }, "allow"],
      ["any value of each key will do", {
        ...list({ prefix: "legal/", delimiter: "-" }),
        as: { name: "ana" },
      }, "allow"],
      ["one operator that does not hold is enough to fail", {
        ...list({ prefix: "finance/", delimiter: "/" }),
        as: { name: "nikki" },
      }, "default"],
      ["one key that does not match is enough to fail", {
        ...list({ prefix: "hr/", delimiter: "/" }),
        as: { name: "ana" },
      }, "default"],
      ["one key that is absent is enough to fail", {
        ...list({ prefix: "finance/" }),
        as: { name: "mary" },
      }, "default"],
    ],
  ),
  ...decisions(MULTIPLE_VALUES, allowWhen({ StringNotEquals: { "s3:prefix": ["a/", "b/"] } }), [
    ["a negated operator fails on the first of its values", list({ prefix: "a/" }), "default"],
    ["a negated operator fails on the last of its values", list({ prefix: "b/" }), "default"],
    ["a negated operator holds for none of its values", list({ prefix: "c/" }), "allow"],
  ]),
  ...decisions(MULTIPLE_VALUES, allowWhen({ StringNotLike: { "s3:prefix": ["a*", "*z"] } }), [
    ["a negated pattern fails where any of them matches", list({ prefix: "buzz" }), "default"],
    ["a negated pattern holds where none of them matches", list({ prefix: "bus" }), "allow"],
  ]),
  ...decisions(
    MULTIPLE_VALUES,
    denyWhen({ NotIpAddress: { "aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/24"] } }),
    [
      [
        "an address in the first of two ranges is not outside them",
        get("k", { ip: "192.0.2.4" }),
        "default",
      ],
      [
        "an address in the second of two ranges is not outside them",
        get("k", { ip: "203.0.113.4" }),
        "default",
      ],
      ["an address in neither range is outside them", get("k", { ip: "198.51.100.4" }), "deny"],
    ],
  ),
  ...decisions(MULTIPLE_VALUES, allowWhen({ NumericNotEquals: { "s3:max-keys": ["10", "20"] } }), [
    ["a negated number fails on any of its values", list({ "max-keys": "20" }), "default"],
    ["a negated number holds for none of its values", list({ "max-keys": "15" }), "allow"],
  ]),
  ...decisions(
    MULTIPLE_VALUES,
    denyWhen({
      StringNotEquals: { "s3:x-amz-acl": "private", "s3:x-amz-storage-class": "STANDARD" },
    }),
    [
      [
        "two keys under a negated operator have to differ both",
        put("k", {
          "x-amz-acl": "public-read",
          "x-amz-storage-class": "GLACIER",
        }),
        "deny",
      ],
      [
        "one key of two that differs is not enough",
        put("k", {
          "x-amz-acl": "public-read",
          "x-amz-storage-class": "STANDARD",
        }),
        "default",
      ],
    ],
  ),
  ...decisions(
    MULTIPLE_VALUES,
    allowWhen({
      StringLike: { "s3:prefix": "home/*" },
      StringNotLike: { "s3:prefix": "home/secret*" },
    }),
    [
      ["one key may stand under two operators", list({ prefix: "home/open" }), "allow"],
      [
        "of two operators on one key both have to hold",
        list({ prefix: "home/secrets" }),
        "default",
      ],
    ],
  ),
  ...decisions(
    MULTIPLE_VALUES,
    allowWhen({
      NumericEquals: { "s3:max-keys": ["10", "20"] },
      StringEquals: { "s3:delimiter": "/" },
      DateGreaterThan: { "aws:CurrentTime": "2019-01-01T00:00:00Z" },
    }),
    [
      [
        "a number of two, a delimiter and a date let in together",
        list({ "max-keys": "20", delimiter: "/" }),
        "allow",
      ],
      [
        "a number that is none of the two does not",
        list({ "max-keys": "30", delimiter: "/" }),
        "default",
      ],
      ["nor does a date that is too early", {
        ...list({ "max-keys": "10", delimiter: "/" }),
        at: "2018-12-31T00:00:00Z",
      }, "default"],
    ],
  ),
  ...decisions(
    MULTIPLE_VALUES,
    allowWhen({
      DateGreaterThan: { "aws:CurrentTime": "2019-07-16T12:00:00Z" },
      DateLessThan: { "aws:CurrentTime": "2019-07-16T15:00:00Z" },
      IpAddress: { "aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/24"] },
    }),
    [
      [
        "within the hours and from the first network one is let in",
        get("k", { at: "2019-07-16T13:00:00Z", ip: "192.0.2.1" }),
        "allow",
      ],
      [
        "within the hours and from the second network one is let in",
        get("k", { at: "2019-07-16T14:59:59Z", ip: "203.0.113.1" }),
        "allow",
      ],
      [
        "before the hours nobody is let in",
        get("k", { at: "2019-07-16T12:00:00Z", ip: "192.0.2.1" }),
        "default",
      ],
      [
        "after the hours nobody is let in",
        get("k", { at: "2019-07-16T15:00:00Z", ip: "192.0.2.1" }),
        "default",
      ],
      [
        "from elsewhere nobody is let in at any hour",
        get("k", { at: "2019-07-16T13:00:00Z", ip: "198.51.100.1" }),
        "default",
      ],
    ],
  ),
];
