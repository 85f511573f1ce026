import {
  allow,
  type AwsCase,
  BUCKET,
  decisions,
  deny,
  get,
  list,
  policy,
  put,
  user,
} from "./aws_case.ts";
import { EFFECT, EVALUATION, KEY_EXAMPLES, WALKTHROUGH } from "./pages.ts";

const ALICE = { Principal: { AWS: user("alice") } };
const BOB = { as: { name: "bob" } } as const;
const OWNER = { as: { name: "alice", isMember: true } } as const;
const READ = { Action: "s3:GetObject" };

/** "Policy evaluation logic": explicit Deny, then Allow, then what holds without a policy. */
export const EVALUATION_LOGIC: readonly AwsCase[] = [
  ...decisions(EVALUATION, policy(allow({ ...ALICE, ...READ })), [
    ["a statement that applies allows", get("k"), "allow"],
    ["another user is denied by nothing but silence", get("k", BOB), "default"],
    ["another action is denied by nothing but silence", put("k"), "default"],
    ["a stranger is denied by nothing but silence", get("k", { as: "anonymous" }), "default"],
  ]),
  ...decisions(EVALUATION, policy(allow(), deny(READ)), [
    ["a Deny wins over an Allow that stands before it", get("k"), "deny"],
    ["a Deny leaves alone what it does not mean", put("k"), "allow"],
  ]),
  ...decisions(EVALUATION, policy(deny(READ), allow()), [
    ["a Deny wins over an Allow that stands behind it", get("k"), "deny"],
  ]),
  ...decisions(
    EVALUATION,
    policy(allow(), allow(READ), allow(ALICE), deny({ ...ALICE, ...READ })),
    [
      ["one Deny wins over many Allows", get("k"), "deny"],
      ["it wins for whom it means alone", get("k", BOB), "allow"],
    ],
  ),
  ...decisions(EVALUATION, policy(deny(READ)), [
    ["a Deny is for who has the bucket, too", get("k", OWNER), "deny"],
    ["a Deny alone allows nothing else", put("k"), "default"],
    ["what is not denied to who has the bucket is left to them", put("k", {}, OWNER), "default"],
  ]),
  ...decisions(
    EVALUATION,
    policy(deny({ Condition: { StringEquals: { "s3:prefix": "a/" } } }), allow()),
    [
      ["a Deny whose condition does not hold does not apply", list({ prefix: "b/" }), "allow"],
      ["a Deny whose condition holds applies", list({ prefix: "a/" }), "deny"],
    ],
  ),
  ...decisions(
    EVALUATION,
    policy(
      allow({ ...READ, Condition: { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } } }),
      allow({ ...ALICE, ...READ }),
    ),
    [
      ["one Allow that applies is enough", get("k", { ip: "198.51.100.1" }), "allow"],
      [
        "an Allow that does not apply does not spoil one that does",
        get("k", { ...BOB, ip: "192.0.2.1" }),
        "allow",
      ],
      [
        "where no Allow applies nothing is allowed",
        get("k", { ...BOB, ip: "198.51.100.1" }),
        "default",
      ],
    ],
  ),
  ...decisions(
    EFFECT,
    policy(
      deny({ ...READ, Resource: `${BUCKET}/a/*` }),
      deny({ ...READ, Resource: `${BUCKET}/b/*` }),
      allow(),
    ),
    [
      ["of several Denies the first may apply", get("a/k"), "deny"],
      ["of several Denies the last may apply", get("b/k"), "deny"],
      ["of several Denies none may apply", get("c/k"), "allow"],
    ],
  ),
  ...decisions(
    KEY_EXAMPLES,
    policy(
      allow({
        ...ALICE,
        Action: "s3:PutObject",
        Condition: { StringEquals: { "s3:x-amz-grant-full-control": "id=owner" } },
      }),
    ),
    [
      [
        "an Allow may ask for a grant to the owner",
        put("k", { "x-amz-grant-full-control": "id=owner" }),
        "allow",
      ],
      ["without the grant that Allow does not apply", put("k"), "default"],
    ],
  ),
  ...decisions(
    KEY_EXAMPLES,
    policy(
      allow({ ...ALICE, Action: "s3:PutObject" }),
      deny({
        ...ALICE,
        Action: "s3:PutObject",
        Condition: { StringNotEquals: { "s3:x-amz-grant-full-control": "id=owner" } },
      }),
    ),
    [
      ["a Deny closes what another policy would open", put("k"), "deny"],
      [
        "a grant to somebody else is denied",
        put("k", { "x-amz-grant-full-control": "id=mallory" }),
        "deny",
      ],
      [
        "with the grant the Deny does not apply",
        put("k", { "x-amz-grant-full-control": "id=owner" }),
        "allow",
      ],
    ],
  ),
  ...decisions(
    WALKTHROUGH,
    policy(
      allow({ Action: "s3:ListBucket", Condition: { StringEquals: { "s3:prefix": [""] } } }),
      deny({ Action: "s3:ListBucket", Condition: { StringNotEquals: { "s3:delimiter": "/" } } }),
      deny({ Resource: `${BUCKET}/Private/*` }),
      deny({
        Action: "s3:ListBucket",
        Resource: "arn:aws:s3:::*",
        Condition: { StringLike: { "s3:prefix": ["Private/"] } },
      }),
    ),
    [
      ["the top may be listed folder by folder", list({ prefix: "", delimiter: "/" }), "allow"],
      ["a listing without a delimiter is denied", list({ prefix: "" }), "deny"],
      ["a listing with another delimiter is denied", list({ prefix: "", delimiter: "-" }), "deny"],
      [
        "the private folder may not be listed",
        list({ prefix: "Private/", delimiter: "/" }),
        "deny",
      ],
      ["what is in the private folder may not be read", get("Private/privDoc1.txt"), "deny"],
      [
        "another folder is not allowed and not denied",
        list({ prefix: "Finance/", delimiter: "/" }),
        "default",
      ],
    ],
  ),
];
