/**
 * Policies and requests for property tests. Both are drawn from small worlds, so that statements
 * often apply.
 *
 * @module
 */
import fc from "fast-check";
import { ACCOUNT, type RequestSketch } from "./policy_request.ts";

/** A policy as JSON has it. */
export interface PolicyJson {
  readonly Version: string;
  readonly Statement: readonly StatementJson[];
}

/** A statement as JSON has it. */
export interface StatementJson {
  readonly Effect: "Allow" | "Deny";
  readonly Principal: "*" | { readonly AWS: readonly string[] };
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
  readonly Resource?: readonly string[];
  readonly NotResource?: readonly string[];
  /** By operator, then by key. */
  readonly Condition: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** Operators that compare texts, in every form. */
const TEXT_OPERATORS = [
  "StringEquals",
  "StringNotEquals",
  "StringEqualsIgnoreCase",
  "StringNotEqualsIgnoreCase",
  "StringLike",
  "StringNotLike",
].flatMap((name) => [name, `${name}IfExists`])
  .flatMap((name) => [name, `ForAllValues:${name}`, `ForAnyValue:${name}`]);

const KEYS = ["s3:prefix", "aws:UserAgent", "aws:Referer", "aws:username", "AWS:USERNAME"];
const ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"];
const ACTION_PATTERNS = [
  "*",
  "s3:*",
  "s3:*Object",
  "s3:?etObject",
  "s3:List*",
  "S3:putobject",
  ...ACTIONS,
];
const PRINCIPALS = ["*", "alice", "bob"]
  .map((name) => name === "*" ? name : `arn:aws:iam::${ACCOUNT}:user/${name}`);

/** Short texts that are often equal, nearly so, or of several code units. */
export const smallText = fc.string({
  unit: fc.constantFrom("a", "A", "b", "/", "😀", "*", "?"),
  maxLength: 4,
});

/** Patterns that often match {@link smallText}. */
export const smallPattern = fc.string({
  unit: fc.constantFrom("a", "A", "b", "/", "😀", "*", "*", "?", "?"),
  maxLength: 6,
});

const value = fc.oneof(
  { weight: 6, arbitrary: smallPattern },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "alice",
      "al*",
      "${aws:username}",
      "${aws:username}*",
      "${aws:username, 'a'}",
      "${s3:prefix}",
      "${aws:Referer}",
      "${*}",
      "${?}a",
    ),
  },
);
const values = fc.array(value, { minLength: 1, maxLength: 3 });

const condition = fc.oneof(
  fc.tuple(fc.constantFrom(...TEXT_OPERATORS), fc.constantFrom(...KEYS), values),
  fc.tuple(
    fc.constant("Null"),
    fc.constantFrom(...KEYS),
    fc.subarray(["true", "false"], { minLength: 1 }),
  ),
);

const conditions = fc.array(condition, { maxLength: 2 }).map((drawn) =>
  Object.fromEntries(drawn.map(([operator, key, values]) => [operator, { [key]: values }]))
);

const actions = fc.array(fc.constantFrom(...ACTION_PATTERNS), { minLength: 1, maxLength: 2 });

const resources = fc.array(
  fc.oneof(
    fc.constantFrom("*", "arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*", "arn:aws:s3:::buc*"),
    value.map((pattern) => `arn:aws:s3:::bucket/${pattern}`),
  ),
  { minLength: 1, maxLength: 2 },
);

/** A statement with whatever effect. */
export const statement = statementOf(fc.constantFrom("Allow", "Deny"));

/** A policy of a few statements. */
export const policy = fc.record<PolicyJson>({
  Version: fc.constantFrom("2012-10-17", "2012-10-17", "2008-10-17"),
  Statement: fc.array(statement, { minLength: 1, maxLength: 6 }),
});

/** A request that such policies are about. */
export const request: fc.Arbitrary<RequestSketch> = fc.record({
  as: fc.constantFrom<RequestSketch["as"]>(
    "anonymous",
    { name: "alice" },
    { name: "bob" },
    { name: "alice", isMember: true },
  ),
  action: fc.constantFrom(...ACTIONS),
  key: smallText,
  headers: fc.record({ "user-agent": smallText, referer: smallText }, { requiredKeys: [] }),
  query: fc.record({ prefix: smallText }, { requiredKeys: [] }),
}).map(({ key, ...sketch }) => sketch.action === "s3:ListBucket" ? sketch : { ...sketch, key });

/** A statement with one of these effects. */
export function statementOf(
  effect: fc.Arbitrary<StatementJson["Effect"]>,
): fc.Arbitrary<StatementJson> {
  return fc.record({
    Effect: effect,
    Principal: fc.oneof(
      fc.constant("*" as const),
      fc.subarray(PRINCIPALS, { minLength: 1 }).map((AWS) => ({ AWS })),
    ),
    Condition: conditions,
    about: fc.oneof(
      { weight: 4, arbitrary: actions.map((Action) => ({ Action })) },
      { weight: 1, arbitrary: actions.map((NotAction) => ({ NotAction })) },
    ),
    on: fc.oneof(
      { weight: 4, arbitrary: resources.map((Resource) => ({ Resource })) },
      { weight: 1, arbitrary: resources.map((NotResource) => ({ NotResource })) },
    ),
  }).map(({ about, on, ...rest }) => ({ ...rest, ...about, ...on }));
}
