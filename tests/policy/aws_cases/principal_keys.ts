import { allowWhen, type AwsCase, decisions, get, user } from "./aws_case.ts";
import { GLOBAL_KEYS, VARIABLES } from "./pages.ts";

const STRANGER = get("k", { as: "anonymous" });
const ALICE = get("k");

/** "Principal key values" and the keys of "AWS global condition context keys" about a request. */
export const PRINCIPAL_KEYS: readonly AwsCase[] = [
  ...decisions(VARIABLES, allowWhen({ StringEquals: { "aws:username": "alice" } }), [
    ["a user has a name", ALICE, "allow"],
    ["another user has another name", get("k", { as: { name: "bob" } }), "default"],
    ["a stranger has no name", STRANGER, "default"],
  ]),
  ...decisions(GLOBAL_KEYS, allowWhen({ Null: { "aws:username": "true" } }), [
    ["the name of a stranger is absent", STRANGER, "allow"],
    ["the name of a user is there", ALICE, "default"],
  ]),
  ...decisions(GLOBAL_KEYS, allowWhen({ StringNotEquals: { "aws:username": "alice" } }), [
    ["a stranger is not named so, as the key is absent", STRANGER, "allow"],
  ]),
  ...decisions(VARIABLES, allowWhen({ StringEquals: { "aws:PrincipalType": "User" } }), [
    ["a user is of the type User", ALICE, "allow"],
    ["a stranger is not of the type User", STRANGER, "default"],
  ]),
  ...decisions(VARIABLES, allowWhen({ StringEquals: { "aws:PrincipalType": "Anonymous" } }), [
    ["a stranger is of the type Anonymous", STRANGER, "allow"],
    ["a user is not of the type Anonymous", ALICE, "default"],
  ]),
  ...decisions(
    VARIABLES,
    allowWhen({ StringEquals: { "aws:PrincipalType": ["Account", "AssumedRole"] } }),
    [
      ["a user is neither an account nor a role", ALICE, "default"],
    ],
  ),
  ...decisions(GLOBAL_KEYS, allowWhen({ Null: { "aws:userid": "false" } }), [
    ["who signs has an id", ALICE, "allow"],
    ["a stranger has no id", STRANGER, "default"],
  ], VARIABLES),
  ...decisions(GLOBAL_KEYS, allowWhen({ StringLike: { "aws:userid": "?*" } }), [
    ["an id is not empty", ALICE, "allow"],
  ]),
  ...decisions(GLOBAL_KEYS, allowWhen({ StringEquals: { "aws:PrincipalArn": user("alice") } }), [
    ["a user's ARN may be compared as text", ALICE, "allow"],
    ["a stranger has no ARN", STRANGER, "default"],
  ]),
  ...decisions(GLOBAL_KEYS, allowWhen({ StringLike: { "aws:UserAgent": "aws-cli/*" } }), [
    [
      "a client may be known by its user agent",
      get("k", { headers: { "User-Agent": "aws-cli/2.31 md/x" } }),
      "allow",
    ],
    [
      "another client has another user agent",
      get("k", { headers: { "User-Agent": "curl/8" } }),
      "default",
    ],
  ]),
  ...decisions(GLOBAL_KEYS, allowWhen({ Null: { "aws:referer": "true" } }), [
    ["what a program asks for has no referer", ALICE, "allow"],
    [
      "what a page asks for has one",
      get("k", { headers: { Referer: "https://example.com/" } }),
      "default",
    ],
  ]),
  ...decisions(
    GLOBAL_KEYS,
    allowWhen({
      Null: {
        "aws:SourceIp": "false",
        "aws:SecureTransport": "false",
        "aws:CurrentTime": "false",
        "aws:EpochTime": "false",
      },
    }),
    [
      ["address, transport and time are there for a stranger, too", STRANGER, "allow"],
    ],
  ),
  ...decisions(
    GLOBAL_KEYS,
    allowWhen({ StringEquals: { "aws:PrincipalOrgID": ["o-xxxxxxxxxxx"] } }),
    [
      ["who is of no organisation has none", ALICE, "default"],
    ],
  ),
  ...decisions(
    GLOBAL_KEYS,
    allowWhen({ "ForAnyValue:StringEquals": { "aws:CalledVia": ["athena.amazonaws.com"] } }),
    [
      ["what is asked for directly came through no service", ALICE, "default"],
    ],
  ),
  ...decisions(GLOBAL_KEYS, allowWhen({ StringEquals: { "aws:SourceVpce": "vpce-1a2b3c4d" } }), [
    ["what came through no private endpoint has none", ALICE, "default"],
  ]),
];
