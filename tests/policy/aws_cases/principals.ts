import {
  allow,
  type AwsCase,
  decisions,
  deny,
  get,
  policy,
  put,
  refusals,
  user,
} from "./aws_case.ts";
import { POLICY_CHECKS, PRINCIPAL, S3_PRINCIPALS } from "./pages.ts";

/** A document that lets those in. */
function to(principal: unknown): object {
  return policy(allow({ Principal: principal }));
}

/** A read by that user. */
function by(name: string, account = "123456789012", isMember = false) {
  return get("k", { as: { name, account, isMember } });
}

const STRANGER = get("k", { as: "anonymous" });

/** The two ways to write an account. */
const ACCOUNTS = ["arn:aws:iam::123456789012:root", "123456789012"].flatMap((written) =>
  decisions(PRINCIPAL, to({ AWS: written }), [
    [`${written} lets in whom its account lets in`, by("dave", "123456789012", true), "allow"],
    [`${written} delegates: a user needs the account's own leave`, by("dave"), "default"],
    [`${written} is no other account`, by("dave", "555555555555", true), "default"],
    [`${written} is no stranger`, STRANGER, "default"],
  ])
);

/** "AWS JSON policy elements: Principal". */
export const PRINCIPALS: readonly AwsCase[] = [
  ...ACCOUNTS,
  ...decisions(PRINCIPAL, to("*"), [
    ["an asterisk is everybody, strangers included", STRANGER, "allow"],
    ["an asterisk is every user", by("dave"), "allow"],
    ["an asterisk is every user of every account", by("dave", "555555555555"), "allow"],
  ]),
  ...decisions(PRINCIPAL, to({ AWS: "*" }), [
    ["an asterisk under AWS is strangers too", STRANGER, "allow"],
  ], S3_PRINCIPALS),
  ...decisions(PRINCIPAL, to({ AWS: ["*"] }), [
    ["a list of an asterisk under AWS is every user", by("dave", "555555555555"), "allow"],
  ]),
  ...decisions(PRINCIPAL, to({ AWS: ["123456789012", "555555555555"] }), [
    ["of several accounts one will do, the first", by("dave", "123456789012", true), "allow"],
    ["of several accounts one will do, the last", by("eve", "555555555555", true), "allow"],
    ["of several accounts one has to be", by("eve", "999999999999", true), "default"],
  ]),
  ...decisions(PRINCIPAL, to({ AWS: user("dave", "123456789012") }), [
    ["a user's ARN is that user", by("dave"), "allow"],
    ["a user's ARN is no other user", by("bob"), "default"],
    ["the name in a user's ARN has its capitals", by("Dave"), "default"],
    [
      "a user's ARN is no user of that name in another account",
      by("dave", "555555555555"),
      "default",
    ],
    ["a user's ARN is no stranger", STRANGER, "default"],
  ]),
  ...decisions(
    PRINCIPAL,
    to({ AWS: [user("dave", "123456789012"), user("bob", "123456789012")] }),
    [
      ["of several users the first is let in", by("dave"), "allow"],
      ["of several users the last is let in", by("bob"), "allow"],
      ["who is none of several users is not", by("carol"), "default"],
    ],
  ),
  ...decisions(S3_PRINCIPALS, to({ CanonicalUser: "dave" }), [
    ["a canonical user id is its user", by("dave"), "allow"],
    ["a canonical user id is no other", by("bob"), "default"],
    ["a canonical user id is no stranger", STRANGER, "default"],
  ]),
  ...decisions(PRINCIPAL, to({ AWS: ["999999999999"], CanonicalUser: "dave" }), [
    [
      "of several kinds of principal one will do, by account",
      by("eve", "999999999999", true),
      "allow",
    ],
    ["of several kinds of principal one will do, by canonical id", by("dave"), "allow"],
    ["of several kinds of principal one has to be", by("bob"), "default"],
  ]),
  ...decisions(PRINCIPAL, to({ Service: "logging.s3.amazonaws.com" }), [
    ["a service is no user", by("logging.s3.amazonaws.com"), "default"],
    ["a service is no stranger", STRANGER, "default"],
  ]),
  ...decisions(PRINCIPAL, to({ Federated: "accounts.google.com" }), [
    ["a federated identity is no user", by("dave"), "default"],
  ]),
  ...decisions(PRINCIPAL, to({ AWS: "arn:aws:iam::123456789012:role/dave" }), [
    ["a role is no user of its name", by("dave"), "default"],
  ]),
  ...decisions(PRINCIPAL, to({ AWS: "arn:aws:sts::123456789012:assumed-role/dave/session" }), [
    ["a session of a role is no user", by("dave"), "default"],
  ]),
  ...decisions(
    PRINCIPAL,
    policy(
      allow({ Principal: { AWS: user("dave", "123456789012") } }),
      deny({ Principal: { AWS: "arn:aws:iam::123456789012:root" }, Action: "s3:PutObject" }),
    ),
    [
      ["denied to an account is denied to its users", {
        ...put("k"),
        as: { name: "dave", account: "123456789012" },
      }, "deny"],
      ["what the account is not denied stays allowed", by("dave"), "allow"],
      ["denied to an account is not denied to another", {
        ...put("k"),
        as: { name: "eve", account: "555555555555" },
      }, "default"],
    ],
  ),
  ...decisions(
    PRINCIPAL,
    policy(deny({
      Condition: { ArnNotEquals: { "aws:PrincipalArn": user("dave", "444455556666") } },
    })),
    [
      ["all but one ARN may be denied, and that one is not", by("dave", "444455556666"), "default"],
      ["all but one ARN may be denied, another user is", by("bob", "444455556666"), "deny"],
      [
        "all but one ARN may be denied, a user of that name elsewhere is",
        by("dave", "123456789012"),
        "deny",
      ],
      ["all but one ARN may be denied, a stranger is", STRANGER, "deny"],
    ],
  ),
  ...refusals(PRINCIPAL, [
    ["no wildcard may mean all users", to({ AWS: "arn:aws:iam::123456789012:user/*" })],
    ["no wildcard may match a part of a name", to({ AWS: "arn:aws:iam::123456789012:user/da*" })],
    ["no wildcard may match a part of an ARN", to({ AWS: "arn:aws:iam::*:root" })],
    ["a group is no principal", to({ AWS: "arn:aws:iam::123456789012:group/editors" })],
  ]),
  ...refusals(POLICY_CHECKS, [
    ["a principal is no bare name", to("dave")],
    ["a principal is of a known kind", to({ User: "dave" })],
  ]),
];
