import {
  allow,
  type AwsCase,
  BUCKET,
  decisions,
  deny,
  get,
  list,
  OBJECTS,
  policy,
  put,
} from "./aws_case.ts";
import { BUCKET_EXAMPLES } from "./pages.ts";

const STRANGER = { as: "anonymous" } as const;
const TAXES = { Resource: `${BUCKET}/taxdocuments/*` };
const NO_SECOND_FACTOR = { Condition: { Null: { "aws:MultiFactorAuthAge": true } } };

/** A member of an account, who writes with that ACL. */
function publish(account: string, acl?: string) {
  const as = { name: "dave", account, isMember: true };
  return put("k", acl === undefined ? {} : { "x-amz-acl": acl }, { as });
}

/** A read from a page. */
function from(referer: string) {
  return get("photo.jpg", { ...STRANGER, headers: { referer } });
}

/** "Examples of Amazon S3 bucket policies". */
export const BUCKET_POLICY_EXAMPLES: readonly AwsCase[] = [
  ...decisions(
    BUCKET_EXAMPLES,
    policy(allow({ Action: ["s3:GetObject", "s3:GetObjectVersion"], Resource: [OBJECTS] })),
    [
      ["what is public may be read by strangers", get("k", STRANGER), "allow"],
      ["versions of what is public may be read by strangers", {
        action: "s3:GetObjectVersion",
        key: "k",
        ...STRANGER,
      }, "allow"],
      ["what is public may not be written by strangers", put("k", {}, STRANGER), "default"],
      ["a public object does not make the listing public", { ...list(), ...STRANGER }, "default"],
    ],
  ),
  ...decisions(
    BUCKET_EXAMPLES,
    policy(allow({
      Principal: { AWS: ["arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root"] },
      Action: ["s3:PutObject", "s3:PutObjectAcl"],
      Resource: OBJECTS,
      Condition: { StringEquals: { "s3:x-amz-acl": ["public-read"] } },
    })),
    [
      ["one account may publish", publish("111122223333", "public-read"), "allow"],
      ["the other account may publish", publish("444455556666", "public-read"), "allow"],
      ["an account may not write with another ACL", publish("444455556666", "private"), "default"],
      ["an account may not write without an ACL", publish("444455556666"), "default"],
      ["a third account may not publish", publish("555555555555", "public-read"), "default"],
      ["publishing is changing an ACL, too", {
        ...publish("111122223333", "public-read"),
        action: "s3:PutObjectAcl",
      }, "allow"],
    ],
  ),
  ...decisions(
    BUCKET_EXAMPLES,
    policy(deny({ Condition: { NotIpAddress: { "aws:SourceIp": "192.0.2.0/24" } } })),
    [
      ["from elsewhere an object is denied", get("k", { ip: "198.51.100.1" }), "deny"],
      ["from elsewhere the bucket is denied", { ...list(), ip: "198.51.100.1" }, "deny"],
      [
        "from elsewhere who has the bucket is denied",
        get("k", { as: { name: "alice", isMember: true }, ip: "2001:db8::1" }),
        "deny",
      ],
      [
        "from the network nothing is denied, and nothing allowed",
        get("k", { ip: "192.0.2.200" }),
        "default",
      ],
    ],
  ),
  ...decisions(
    BUCKET_EXAMPLES,
    policy(allow({
      Action: ["s3:GetObject", "s3:GetObjectVersion"],
      Resource: OBJECTS,
      Condition: {
        StringLike: { "aws:Referer": ["http://www.example.com/*", "http://example.com/*"] },
      },
    })),
    [
      ["a page of the site may show the object", from("http://www.example.com/gallery"), "allow"],
      ["a page of the other name of the site may", from("http://example.com/"), "allow"],
      ["a page of another site may not", from("http://example.org/www.example.com/"), "default"],
      ["a page of another scheme may not", from("https://www.example.com/gallery"), "default"],
      ["who comes from no page may not", get("photo.jpg", STRANGER), "default"],
    ],
  ),
  ...decisions(BUCKET_EXAMPLES, policy(deny({ ...TAXES, ...NO_SECOND_FACTOR })), [
    ["without a second factor the documents are denied", get("taxdocuments/2025"), "deny"],
    ["other documents are not denied", get("photos/2025"), "default"],
  ]),
  ...decisions(
    BUCKET_EXAMPLES,
    policy(
      deny({ ...TAXES, ...NO_SECOND_FACTOR }),
      allow({ Action: ["s3:GetObject"], Resource: OBJECTS }),
    ),
    [
      ["what everybody may read strangers read", get("photos/2025", STRANGER), "allow"],
      [
        "but not the documents that want a second factor",
        get("taxdocuments/2025", STRANGER),
        "deny",
      ],
    ],
  ),
  ...decisions(
    BUCKET_EXAMPLES,
    policy(
      deny({ ...TAXES, Condition: { NumericGreaterThan: { "aws:MultiFactorAuthAge": 3600 } } }),
      allow({ Action: ["s3:GetObject"], Resource: OBJECTS }),
    ),
    [["a second factor that was not shown has no age", get("taxdocuments/2025"), "allow"]],
  ),
  ...decisions(
    BUCKET_EXAMPLES,
    policy(allow({
      Principal: { AWS: "123456789012" },
      Action: "s3:PutObject",
      Resource: OBJECTS,
      Condition: { StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control" } },
    })),
    [
      [
        "an account that hands over what it writes may write",
        publish("123456789012", "bucket-owner-full-control"),
        "allow",
      ],
      ["an account that does not hand it over may not", publish("123456789012"), "default"],
      [
        "an account that hands over half of it may not",
        publish("123456789012", "bucket-owner-read"),
        "default",
      ],
    ],
  ),
  ...decisions(
    BUCKET_EXAMPLES,
    policy(allow({
      Principal: { Service: "s3.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: [OBJECTS],
      Condition: {
        ArnLike: { "aws:SourceArn": "arn:aws:s3:::source" },
        StringEquals: {
          "aws:SourceAccount": "123456789012",
          "s3:x-amz-acl": "bucket-owner-full-control",
        },
      },
    })),
    [[
      "what a service may deliver no user may",
      publish("123456789012", "bucket-owner-full-control"),
      "default",
    ]],
  ),
  ...decisions(
    BUCKET_EXAMPLES,
    policy(
      allow({
        Action: "s3:ListBucket",
        Resource: BUCKET,
        Condition: { StringLike: { "s3:prefix": "home/${aws:username}/*" } },
      }),
      allow({
        Action: ["s3:GetObject", "s3:PutObject"],
        Resource: `${BUCKET}/home/\${aws:username}/*`,
      }),
    ),
    [
      ["everybody has a home to list", list({ prefix: "home/alice/" }), "allow"],
      ["everybody has a home to write", put("home/bob/k", {}, { as: { name: "bob" } }), "allow"],
      ["nobody has another's home", get("home/bob/k"), "default"],
    ],
  ),
];
