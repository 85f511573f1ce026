import {
  allow,
  type AwsCase,
  BUCKET,
  decisions,
  deny,
  list,
  policy,
  put,
  user,
} from "./aws_case.ts";
import { KEY_EXAMPLES, USER_EXAMPLES, WALKTHROUGH } from "./pages.ts";

const DAVE = { Principal: { AWS: user("dave") } };
const AS_DAVE = { as: { name: "dave" } } as const;
const LIST = { ...DAVE, Action: "s3:ListBucket", Resource: BUCKET };

function listing(query: Readonly<Record<string, string>>) {
  return { ...list(query), ...AS_DAVE };
}

/** "Bucket policy examples using condition keys": what a listing must say. */
export const LISTING_EXAMPLES: readonly AwsCase[] = [
  ...decisions(
    KEY_EXAMPLES,
    policy(
      allow({ ...LIST, Condition: { StringEquals: { "s3:prefix": "projects" } } }),
      deny({ ...LIST, Condition: { StringNotEquals: { "s3:prefix": "projects" } } }),
    ),
    [
      ["the prefix asked for may be listed", listing({ prefix: "projects" }), "allow"],
      ["another prefix may not be listed", listing({ prefix: "examplefolder" }), "deny"],
      ["everything may not be listed", listing({}), "deny"],
      ["what is under the prefix is another prefix", listing({ prefix: "projects/2026" }), "deny"],
      ["another user is neither allowed nor denied", list({ prefix: "examplefolder" }), "default"],
    ],
  ),
  ...decisions(
    KEY_EXAMPLES,
    policy(
      allow({
        ...LIST,
        Action: "s3:ListBucketVersions",
        Condition: { StringEquals: { "s3:prefix": "projects" } },
      }),
    ),
    [
      ["a listing of versions has a prefix", {
        ...listing({ prefix: "projects" }),
        action: "s3:ListBucketVersions",
      }, "allow"],
      [
        "leave to list versions is none to list objects",
        listing({ prefix: "projects" }),
        "default",
      ],
    ],
  ),
  ...decisions(
    USER_EXAMPLES,
    policy(
      allow({ ...LIST, Condition: { StringEquals: { "s3:prefix": [""], "s3:delimiter": ["/"] } } }),
      allow({ ...LIST, Condition: { StringLike: { "s3:prefix": ["${aws:username}/*"] } } }),
    ),
    [
      ["the top may be listed by folders", listing({ prefix: "", delimiter: "/" }), "allow"],
      ["the top may not be listed with all that is below", listing({ prefix: "" }), "default"],
      [
        "one's own folder may be listed with all that is below",
        listing({ prefix: "dave/" }),
        "allow",
      ],
      [
        "another's folder may not be listed",
        listing({ prefix: "alice/", delimiter: "/" }),
        "default",
      ],
    ],
  ),
  ...decisions(
    WALKTHROUGH,
    policy(
      allow({ ...LIST, Condition: { StringLike: { "s3:prefix": ["Development/*"] } } }),
      allow({
        ...DAVE,
        Action: ["s3:GetObject", "s3:PutObject"],
        Resource: `${BUCKET}/Development/*`,
      }),
      deny({
        ...LIST,
        Condition: {
          StringNotLike: { "s3:prefix": ["Development/*", ""] },
          Null: { "s3:prefix": false },
        },
      }),
    ),
    [
      ["the one folder may be listed", listing({ prefix: "Development/" }), "allow"],
      ["another folder may not be listed", listing({ prefix: "Private/" }), "deny"],
      ["an empty prefix is not denied", listing({ prefix: "" }), "default"],
      ["no prefix is not denied", listing({}), "default"],
      ["what is in the one folder may be written", put("Development/p.xls", {}, AS_DAVE), "allow"],
      ["what is in another folder may not", put("Finance/p.xls", {}, AS_DAVE), "default"],
    ],
  ),
];
