import {
  allow,
  allowWhen,
  type AwsCase,
  BUCKET,
  decisions,
  deny,
  get,
  list,
  policy,
  put,
  refusals,
} from "./aws_case.ts";
import { POLICY_CHECKS, S3_RESOURCES, USER_EXAMPLES, VARIABLES, VERSION } from "./pages.ts";

const ANONYMOUS = { as: "anonymous" } as const;

/** A document that lets everybody at that resource. */
function at(resource: string): object {
  return policy(allow({ Resource: `${BUCKET}/${resource}` }));
}

/** As {@link at}, in an older version of the language or without one. */
function older(more: object, resource: string): object {
  return { ...more, Statement: allow({ Resource: `${BUCKET}/${resource}` }) };
}

/** "IAM policy elements: Variables and tags". */
export const POLICY_VARIABLES: readonly AwsCase[] = [
  ...decisions(VARIABLES, at("${aws:username}/*"), [
    ["a variable in a resource is the user's name", get("alice/k"), "allow"],
    ["a variable in a resource is no other's name", get("bob/k"), "default"],
    ["each user has another value", get("bob/k", { as: { name: "bob" } }), "allow"],
    ["a variable without a value matches nothing", get("anonymous/k", ANONYMOUS), "default"],
    ["a variable without a value is not empty", get("/k", ANONYMOUS), "default"],
    [
      "a variable without a value is not its own text",
      get("${aws:username}/k", ANONYMOUS),
      "default",
    ],
  ]),
  ...decisions(
    VARIABLES,
    policy(
      allow({
        Action: "s3:ListBucket",
        Resource: BUCKET,
        Condition: { StringLike: { "s3:prefix": ["${aws:username}/*"] } },
      }),
      allow({ Action: ["s3:GetObject", "s3:PutObject"], Resource: `${BUCKET}/\${aws:username}/*` }),
    ),
    [
      ["a variable in a condition is the user's name", list({ prefix: "alice/mail" }), "allow"],
      ["a variable in a condition is no other's name", list({ prefix: "bob/mail" }), "default"],
      ["a variable in a condition has no value for a stranger", {
        ...list({ prefix: "/x" }),
        ...ANONYMOUS,
      }, "default"],
      ["who may write at the own name may not delete there", {
        action: "s3:DeleteObject",
        key: "alice/k",
      }, "default"],
      ["who may write at the own name writes there", put("alice/k"), "allow"],
    ],
  ),
  ...decisions(VARIABLES, at("${AWS:UserName}/*"), [
    ["the name of a variable has no case", get("alice/k"), "allow"],
  ]),
  ...decisions(VERSION, older({ Version: "2008-10-17" }, "${aws:username}/*"), [
    ["the older version of the language has no variables", get("alice/k"), "default"],
    ["to the older version a variable is its text", get("${aws:username}/k"), "allow"],
  ]),
  ...decisions(VARIABLES, older({}, "${aws:username}/*"), [
    ["a document without a version has no variables", get("alice/k"), "default"],
    ["to a document without a version a variable is its text", get("${aws:username}/k"), "allow"],
  ]),
  ...decisions(
    VERSION,
    {
      Version: "2008-10-17",
      Statement: allow({ Condition: { StringEquals: { "s3:prefix": "${aws:username}" } } }),
    },
    [
      [
        "conditions of the older version have no variables either",
        list({ prefix: "alice" }),
        "default",
      ],
      ["they compare with the text", list({ prefix: "${aws:username}" }), "allow"],
    ],
  ),
  ...decisions(VARIABLES, at("${*}.txt"), [
    ["${*} is an asterisk", get("*.txt"), "allow"],
    ["${*} is no wildcard", get("a.txt"), "default"],
  ]),
  ...decisions(VARIABLES, at("what${?}"), [
    ["${?} is a question mark", get("what?"), "allow"],
    ["${?} is no wildcard", get("what!"), "default"],
  ]),
  ...decisions(USER_EXAMPLES, at("my${$}file"), [
    ["${$} is a dollar sign", get("my$file"), "allow"],
    ["${$} is nothing else", get("my${$}file"), "default"],
  ]),
  ...decisions(VARIABLES, allowWhen({ StringLike: { "s3:prefix": "a${*}b*" } }), [
    ["${*} beside a wildcard is an asterisk in a condition", list({ prefix: "a*bc" }), "allow"],
    ["${*} beside a wildcard is no wildcard in a condition", list({ prefix: "axbc" }), "default"],
  ]),
  ...decisions(VARIABLES, allowWhen({ StringEquals: { "s3:prefix": "${?}${$}{x}" } }), [
    ["the fixed variables may be where nothing is a wildcard", list({ prefix: "?${x}" }), "allow"],
  ]),
  ...decisions(VARIABLES, at("${aws:userid, 'anonymous'}/*"), [
    ["a variable without a value has its default", get("anonymous/k", ANONYMOUS), "allow"],
    ["the default is no wildcard", get("other/k", ANONYMOUS), "default"],
  ]),
  ...decisions(VARIABLES, at("${aws:username, 'company'}/*"), [
    ["a variable with a value has no use for its default", get("company/k"), "default"],
    ["a variable with a default has its value first", get("alice/k"), "allow"],
  ]),
  ...decisions(VARIABLES, at("${aws:PrincipalType}/${aws:SecureTransport}/${aws:SourceIp}"), [
    ["several variables may be in one resource", get("User/true/203.0.113.7"), "allow"],
    ["each of several variables has its own value", get("User/false/203.0.113.7"), "default"],
  ]),
  ...decisions(VARIABLES, allowWhen({ StringEquals: { "aws:UserAgent": "list ${s3:prefix}" } }), [
    ["a key of the service may be a variable", {
      ...list({ prefix: "a/" }),
      headers: { "user-agent": "list a/" },
    }, "allow"],
    ["a key of the service that is absent has no value", {
      ...list(),
      headers: { "user-agent": "list " },
    }, "default"],
  ]),
  ...decisions(S3_RESOURCES, at("developers/${aws:username}/"), [
    ["a folder may bear the user's name", put("developers/alice/"), "allow"],
    ["what is in that folder is not the folder", put("developers/alice/k"), "default"],
  ]),
  ...decisions(USER_EXAMPLES, at("home/${aws:userid}/*"), [
    ["a stranger has no id and no home", get("home//k", ANONYMOUS), "default"],
  ]),
  ...decisions(
    VARIABLES,
    policy(allow({ Action: "s3:GetObject" }), deny({ Resource: `${BUCKET}/\${aws:username}/*` })),
    [
      ["a variable may be in what is denied", get("alice/k"), "deny"],
      [
        "what is denied to one is not denied to another",
        get("alice/k", { as: { name: "bob" } }),
        "allow",
      ],
      [
        "a statement whose variable has no value does not apply",
        get("alice/k", ANONYMOUS),
        "allow",
      ],
    ],
  ),
  ...refusals(POLICY_CHECKS, [
    ["a variable must be closed", at("${aws:username/*")],
    ["a variable must not be empty", at("${}/*")],
    ["a variable's default must end with a quote", at("${aws:username, 'x}/*")],
    [
      "a variable has no place among numbers",
      allowWhen({ NumericEquals: { "s3:max-keys": "${aws:EpochTime}" } }),
    ],
    [
      "a variable has no place among dates",
      allowWhen({ DateLessThan: { "aws:CurrentTime": "${aws:CurrentTime}" } }),
    ],
    [
      "a variable has no place among addresses",
      allowWhen({ IpAddress: { "aws:SourceIp": "${aws:SourceIp}" } }),
    ],
    [
      "a variable has no place under Null",
      allowWhen({ Null: { "s3:prefix": "${aws:SecureTransport}" } }),
    ],
  ]),
];
