import assert from "node:assert/strict";
import { type Finding, lintPolicy } from "../../src/policy/lint.ts";

const OBJECTS = "arn:aws:s3:::BUCKET/events/*";
const USER = { AWS: "arn:aws:iam:::user/operator" };

/** A statement that is fine by itself, but for what a case changes. */
function statement(changes: object): object {
  const { Principal = USER, ...rest } = { Effect: "Allow", Action: "s3:GetObject", ...changes };
  const whom = "NotPrincipal" in rest ? {} : { Principal };
  return { ...whom, ...("NotResource" in rest ? {} : { Resource: OBJECTS }), ...rest };
}

function policy(...statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements.map(statement) });
}

/** Refuses every write without a condition, and every deletion. */
const WRITE_ONCE = [
  {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Condition: {
      Null: { "s3:if-none-match": "true" },
      Bool: { "s3:ObjectCreationOperation": "true" },
    },
  },
  { Effect: "Deny", Principal: "*", Action: "s3:DeleteObject" },
];

const CONDITIONAL_ALLOW = {
  Action: "s3:PutObject",
  Condition: { Null: { "s3:if-none-match": "false" } },
};

function inShort(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ severity, rule, path }) => `${severity} ${rule} ${path}`);
}

/** Name, statements, findings as `severity rule path`, and what the first of them says. */
type Case = readonly [string, readonly object[], readonly string[], RegExp?];

const FAULTY: readonly Case[] = [
  [
    "the key of a copy's source in place of the write condition",
    [{
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObject",
      Condition: { StringNotEquals: { "s3:x-amz-copy-source-if-none-match": "*" } },
    }],
    [
      "error copy-source-precondition " +
      "Statement[0].Condition.StringNotEquals.s3:x-amz-copy-source-if-none-match",
    ],
    /deny s3:PutObject with \{"Null": \{"s3:if-none-match": "true"\}/,
  ],
  [
    "the key of a copy's source in place of s3:if-match",
    [{ Action: "s3:PutObject", Condition: { Null: { "S3:x-amz-copy-source-if-match": "false" } } }],
    ["error copy-source-precondition Statement[0].Condition.Null.S3:x-amz-copy-source-if-match"],
    /"s3:if-match"/,
  ],
  [
    "a condition key that does not exist",
    [{ Condition: { StringEquals: { "s3:moon": "full" } } }],
    ["error unknown-key Statement[0].Condition.StringEquals.s3:moon"],
    /no condition key s3:moon; see/,
  ],
  [
    "a condition key that is written wrongly",
    [{ Action: "s3:PutObject", Condition: { Null: { "aws:IfNoneMatch": "false" } } }],
    ["error unknown-key Statement[0].Condition.Null.aws:IfNoneMatch"],
    /s3:if-none-match may be meant/,
  ],
  [
    "an operator that does not exist",
    [{ Condition: { stringEquals: { "aws:username": "a" } } }],
    ["error unknown-operator Statement[0].Condition.stringEquals.aws:username"],
    /case and all/,
  ],
  [
    "an action that does not exist",
    [{ Action: ["s3:GetObject", "s3:Obtain*"] }],
    ["error unknown-action Statement[0].Action"],
    /no action s3:Obtain\*/,
  ],
  [
    "an operation in place of an action",
    [{ Action: "s3:UploadPart" }],
    ["error unknown-action Statement[0].Action"],
    /what it needs is s3:PutObject/,
  ],
  [
    "an action on a bucket where Resource names objects only",
    [{ Action: ["s3:GetObject", "s3:ListBucket"] }],
    ["error action-without-resource Statement[0].Action"],
    /^s3:ListBucket is done to nothing/,
  ],
  [
    "an action on objects where Resource names a bucket only",
    [{ Action: "s3:GetObject", Resource: "arn:aws:s3:::BUCKET" }],
    ["error action-without-resource Statement[0].Action"],
  ],
  [
    "a key that no action carries makes a Deny pointless",
    [{ Effect: "Deny", Condition: { StringLike: { "s3:prefix": "secret/*" } } }],
    ["error key-not-carried Statement[0].Condition.StringLike.s3:prefix"],
    /s3:GetObject never has s3:prefix, so the Deny never matches/,
  ],
  [
    "a key that no action carries makes a negated Deny meet everything",
    [{ Effect: "Deny", Condition: { StringNotEquals: { "s3:prefix": "open" } } }],
    ["error key-not-carried Statement[0].Condition.StringNotEquals.s3:prefix"],
    /the condition always holds and does not narrow the Deny/,
  ],
  [
    "a key that only some of the actions carry",
    [{
      Action: ["s3:PutObject", "s3:GetObject"],
      Condition: { StringEquals: { "s3:x-amz-acl": "private" } },
    }],
    ["warning key-partly-carried Statement[0].Condition.StringEquals.s3:x-amz-acl"],
    /^s3:GetObject never has s3:x-amz-acl, so then the Allow never matches/,
  ],
  [
    "a Deny of one action and more, which meets all of the others",
    [{
      Effect: "Deny",
      Action: ["s3:PutObject", "s3:GetObject"],
      Condition: { StringNotEquals: { "s3:x-amz-acl": "private" } },
    }],
    ["warning key-partly-carried Statement[0].Condition.StringNotEquals.s3:x-amz-acl"],
    /^s3:GetObject never has s3:x-amz-acl, so then the condition always holds and does not narrow the Deny/,
  ],
  [
    "all actions with a key of one",
    [{
      Resource: ["arn:aws:s3:::BUCKET", OBJECTS],
      Action: "s3:List*",
      Condition: { StringEquals: { "s3:delimiter": "/" } },
    }],
    ["warning key-partly-carried Statement[0].Condition.StringEquals.s3:delimiter"],
    /^\S+, \S+, \S+ and \d+ others never have/,
  ],
  [
    "a Deny that wants a key away and to be something",
    [{
      Effect: "Deny",
      Condition: {
        Null: { "aws:referer": "true" },
        StringLike: { "aws:Referer": "https://evil/*" },
      },
    }],
    ["error deny-never-matches Statement[0].Condition.Null.aws:referer"],
    /this Deny can never match: Null asks for requests without aws:referer, StringLike for such with/,
  ],
  [
    "a Deny with two values for one key",
    [{
      Effect: "Deny",
      Condition: { StringEquals: { "aws:username": "ann" }, StringLike: { "aws:username": "b*" } },
    }],
    ["error deny-never-matches Statement[0].Condition.StringEquals.aws:username"],
    /no value of aws:username fits all of StringEquals, StringLike/,
  ],
  [
    "a Deny for another If-None-Match than S3 takes",
    [...WRITE_ONCE, {
      Effect: "Deny",
      Action: "s3:PutObject",
      Condition: { StringEquals: { "s3:if-none-match": "true" } },
    }],
    ["error deny-never-matches Statement[2].Condition.StringEquals.s3:if-none-match"],
    /s3:if-none-match is only ever \*/,
  ],
  [
    "a Deny between two numbers the wrong way round",
    [{
      Effect: "Deny",
      Action: "s3:ListBucket",
      Resource: "arn:aws:s3:::BUCKET",
      Condition: {
        NumericLessThan: { "s3:max-keys": "5" },
        NumericGreaterThan: { "s3:max-keys": "9" },
      },
    }],
    ["error deny-never-matches Statement[0].Condition.NumericLessThan.s3:max-keys"],
  ],
  [
    "a Deny between two days the wrong way round",
    [{
      Effect: "Deny",
      Condition: {
        DateLessThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" },
        DateGreaterThan: { "aws:CurrentTime": "2026-02-01T00:00:00Z" },
      },
    }],
    ["error deny-never-matches Statement[0].Condition.DateLessThan.aws:CurrentTime"],
  ],
  [
    "an Allow that never matches",
    [{
      Condition: {
        Bool: { "aws:SecureTransport": "true" },
        StringEquals: { "aws:SecureTransport": "yes" },
      },
    }],
    ["warning allow-never-matches Statement[0].Condition.Bool.aws:SecureTransport"],
    /this Allow can never match: aws:SecureTransport is only ever true or false/,
  ],
  [
    "an Allow with the write condition and no Deny",
    [CONDITIONAL_ALLOW],
    ["warning unbacked-write-condition Statement[0].Condition.Null.s3:if-none-match"],
    /refuses nobody.*add a Deny for s3:PutObject with \{"Null": \{"s3:if-none-match": "true"\}\}/,
  ],
  [
    "an Allow with the write condition and a Deny for another prefix",
    [
      CONDITIONAL_ALLOW,
      ...WRITE_ONCE.map((deny) => ({ ...deny, Resource: "arn:aws:s3:::BUCKET/other/*" })),
    ],
    ["warning unbacked-write-condition Statement[0].Condition.Null.s3:if-none-match"],
  ],
  [
    "an Allow with the write condition and a Deny for one user",
    [CONDITIONAL_ALLOW, ...WRITE_ONCE.map((deny) => ({ ...deny, Principal: USER }))],
    [
      "warning unbacked-write-condition Statement[0].Condition.Null.s3:if-none-match",
      "warning write-once-deletable Statement[1]",
    ],
  ],
  [
    "a Deny of unconditional writes that stops the parts of an upload",
    [
      { ...WRITE_ONCE[0], Condition: { Null: { "s3:if-none-match": "true" } } },
      WRITE_ONCE[1],
    ],
    ["warning multipart-parts Statement[0].Condition.Null.s3:if-none-match"],
    /no multipart upload gets through; add \{"Bool": \{"s3:ObjectCreationOperation": "true"\}\}/,
  ],
  [
    "a prefix that is written once and may be deleted",
    [WRITE_ONCE[0]],
    ["warning write-once-deletable Statement[0]"],
    /deleted and then written anew/,
  ],
  [
    "StringNotEquals beside Null that wants the key away",
    [{
      Effect: "Deny",
      Condition: { Null: { "aws:username": "true" }, StringNotEquals: { "aws:Username": "ann" } },
    }],
    ["warning null-with-negation Statement[0].Condition.StringNotEquals.aws:Username"],
    /Null already asks for requests without aws:Username, for which StringNotEquals always holds/,
  ],
  [
    "StringNotLike beside Null that wants the key there",
    [{
      Effect: "Deny",
      Condition: { Null: { "aws:username": "false" }, StringNotLike: { "aws:username": "a*" } },
    }],
    ["warning null-with-negation Statement[0].Condition.StringNotLike.aws:username"],
    /a request without aws:username is not meant/,
  ],
  [
    "a wildcard under StringEquals",
    [{ Condition: { StringEquals: { "aws:username": ["ann", "ops-*"] } } }],
    ["warning literal-wildcard Statement[0].Condition.StringEquals.aws:username"],
    /for a pattern use StringLike$/,
  ],
  [
    "an address compared as text",
    [{ Condition: { StringNotLike: { "aws:SourceIp": "10.0.0.0/8" } } }],
    ["warning operator-type Statement[0].Condition.StringNotLike.aws:SourceIp"],
    /use IpAddress or NotIpAddress/,
  ],
  [
    "a number compared as text",
    [{
      Action: "s3:ListBucket",
      Resource: "arn:aws:s3:::BUCKET",
      Condition: { StringEquals: { "s3:max-keys": "5" } },
    }],
    ["warning operator-type Statement[0].Condition.StringEquals.s3:max-keys"],
    /use an operator that begins with Numeric/,
  ],
  [
    "ForAllValues on a key with one value",
    [{ Condition: { "ForAllValues:StringLike": { "aws:username": "a*" } } }],
    ["warning set-operator-on-single Statement[0].Condition.ForAllValues:StringLike.aws:username"],
    /also holds without it: use StringLike/,
  ],
  [
    "reading for everybody",
    [{ Principal: "*" }],
    ["warning allow-to-everyone Statement[0].Principal"],
    /everybody in the world read what it names, without any condition/,
  ],
  [
    "writing for everybody",
    [{
      Principal: { AWS: ["*"] },
      Action: "s3:*",
      Condition: { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } },
    }],
    ["warning allow-to-everyone Statement[0].Principal"],
    /everybody in the world change what it names, held back by nothing but .* aws:SourceIp/,
  ],
  [
    "an Allow for all but one",
    [{ NotPrincipal: USER }],
    ["error allow-not-principal Statement[0].NotPrincipal"],
    /anonymous requests included/,
  ],
  [
    "a Deny for all but one",
    [{ Effect: "Deny", NotPrincipal: USER }],
    ["warning deny-not-principal Statement[0].NotPrincipal"],
    /ArnNotEquals on aws:PrincipalArn/,
  ],
  [
    "a role",
    [{ Principal: { AWS: "arn:aws:iam::123456789012:role/writer" } }],
    ["warning foreign-principal Statement[0].Principal.AWS"],
    /nobody comes to Holdfast as arn:aws:iam::123456789012:role\/writer/,
  ],
  [
    "a key that only AWS has",
    [{ Effect: "Deny", Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } } }],
    ["warning absent-on-holdfast Statement[0].Condition.BoolIfExists.aws:MultiFactorAuthPresent"],
    /so there the condition always holds and does not narrow the Deny/,
  ],
  [
    "a value that does not fit its operator",
    [{ Condition: { IpAddress: { "aws:SourceIp": "10.0.0.256" } } }],
    ["error invalid Statement[0].Condition.IpAddress.aws:SourceIp"],
    /10\.0\.0\.256/,
  ],
];

for (const [name, statements, expected, message] of FAULTY) {
  Deno.test(`lint finds ${name}`, () => {
    const findings = lintPolicy(policy(...statements));
    assert.deepEqual(inShort(findings), expected);
    if (message !== undefined) assert.match(findings[0].message, message);
  });
}

const FINE: readonly (readonly [string, readonly object[]])[] = [
  ["an Allow with the write condition that a Deny backs", [CONDITIONAL_ALLOW, ...WRITE_ONCE]],
  ["the same with a Deny of more actions, which the other key keeps to writes", [
    CONDITIONAL_ALLOW,
    { Effect: "Deny", Principal: "*", Action: "s3:DeleteObject" },
    {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:Put*",
      Condition: {
        Bool: { "s3:ObjectCreationOperation": "true" },
        StringNotEquals: { "s3:if-none-match": "*" },
      },
    },
  ]],
  ["a write by either condition, which may be deleted", [{
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Condition: {
      Null: { "s3:if-none-match": "true", "s3:if-match": "true" },
      Bool: { "s3:ObjectCreationOperation": "true" },
    },
  }]],
  ["all of a bucket over TLS only", [{
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: ["arn:aws:s3:::BUCKET", "arn:aws:s3:::BUCKET/*"],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  }]],
  ["a key of some actions with IfExists", [{
    Action: ["s3:PutObject", "s3:GetObject"],
    Condition: { StringEqualsIfExists: { "s3:x-amz-acl": "private" } },
  }]],
  ["a range of numbers and a time between two", [{
    Action: "s3:ListBucket",
    Resource: "arn:aws:s3:::BUCKET",
    Condition: {
      NumericGreaterThan: { "s3:max-keys": "5" },
      NumericLessThan: { "s3:max-keys": "7" },
      DateGreaterThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" },
      DateLessThan: { "aws:CurrentTime": "2026-02-01T00:00:00Z" },
    },
  }]],
  ["Null beside an operator that is not negated", [{
    Condition: { Null: { "aws:username": "false" }, StringLike: { "aws:username": "a*" } },
  }]],
  ["a variable in a resource and a value", [{
    Resource: "arn:aws:s3:::BUCKET/home/${aws:username}/*",
    Condition: { StringEquals: { "aws:userid": "${aws:username}" } },
  }]],
];

for (const [name, statements] of FINE) {
  Deno.test(`lint finds nothing in ${name}`, () => {
    assert.deepEqual(lintPolicy(policy(...statements)), []);
  });
}

Deno.test("lint names what is malformed beside what it finds in the rest", () => {
  const findings = lintPolicy(policy({ Effect: "Maybe" }, { Principal: "*" }));
  assert.deepEqual(inShort(findings), [
    "error malformed Statement[0].Effect",
    "warning allow-to-everyone Statement[1].Principal",
  ]);
});

Deno.test("a policy of users, in which nobody is named, is told from a bucket's", () => {
  const text = JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Action: "s3:GetObject", Resource: OBJECTS },
  });
  const findings = lintPolicy(text);
  assert.deepEqual(inShort(findings), ["error malformed Statement"]);
  assert.match(findings[0].message, /Principal.*policy for users/);
});

Deno.test("lint takes what is no JSON for malformed", () => {
  assert.deepEqual(inShort(lintPolicy("Version: 2012-10-17")), ["error malformed "]);
});

Deno.test("a statement that is written without a list has no number", () => {
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statement({ Principal: "*" }) });
  assert.deepEqual(inShort(lintPolicy(text)), [
    "warning allow-to-everyone Statement.Principal",
  ]);
});

Deno.test("variables in a policy of 2008-10-17 are found, since they stand for nothing", () => {
  const text = JSON.stringify({
    Version: "2008-10-17",
    Statement: [statement({ Resource: "arn:aws:s3:::BUCKET/${aws:username}/*" })],
  });
  assert.deepEqual(inShort(lintPolicy(text)), [
    "warning variables-need-version Statement[0].Resource",
  ]);
});

Deno.test("findings come in the order of the statements", () => {
  const findings = lintPolicy(
    policy({ Principal: "*" }, { Action: "s3:Obtain" }, { Principal: "*" }),
  );
  assert.deepEqual(findings.map(({ path }) => path), [
    "Statement[0].Principal",
    "Statement[1].Action",
    "Statement[2].Principal",
  ]);
});

Deno.test("with a bucket, its name stands for BUCKET, and any other is an error", () => {
  assert.deepEqual(lintPolicy(policy({}), { bucket: "ledger" }), []);
  const elsewhere = lintPolicy(policy({ Resource: "arn:aws:s3:::attic/*" }), { bucket: "ledger" });
  assert.deepEqual(inShort(elsewhere), ["error invalid Statement[0].Resource"]);
});

Deno.test("a policy of the greatest size is looked through, however hostile its patterns", () => {
  const wild = `arn:aws:s3:::BUCKET/${"*a?".repeat(3_000)}b`;
  const findings = lintPolicy(
    policy({ ...CONDITIONAL_ALLOW, Resource: [wild, "${".repeat(2_000)] }),
  );
  assert.ok(findings.length > 0);
});
