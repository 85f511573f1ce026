import { type CompiledPolicy, compilePolicy } from "../../src/policy/evaluate.ts";
import { parsePolicy } from "../../src/policy/parse.ts";
import type { Decision, PolicyRequest } from "../../src/policy/request.ts";
import { ACCOUNT, policyRequest } from "../policy/policy_request.ts";

/** What a decision costs. */
export interface DecisionCost {
  readonly statements: number;
  readonly outcome: Decision["outcome"];
  /** In microseconds. */
  readonly median: number;
  readonly p99: number;
}

/** What the median is to stay under with a hundred statements, in microseconds. */
export const DECISION_GOAL = 20;

/** A hundred are about what fits the 20 KiB of a policy; a thousand show how the cost grows. */
const SIZES = [1, 10, 100, 1_000];
const OUTCOMES = ["allow", "deny", "default"] as const;
const WARM_UP = 20_000;
const DECISIONS = 50_000;

/** Single decisions by policies that mix what policies are made of. */
export function decisionCosts(): readonly DecisionCost[] {
  return SIZES.flatMap((statements) => {
    const policy = mixedPolicy(statements);
    return OUTCOMES.flatMap((outcome) => {
      const requests = REQUESTS.filter((request) => policy.decide(request).outcome === outcome);
      return requests.length > 0 ? [{ statements, outcome, ...cost(policy, requests) }] : [];
    });
  });
}

function cost(
  policy: CompiledPolicy,
  requests: readonly PolicyRequest[],
): Pick<DecisionCost, "median" | "p99"> {
  const times = new Float64Array(DECISIONS);
  for (let run = -WARM_UP; run < DECISIONS; run++) {
    const request = requests[(run + WARM_UP) % requests.length];
    if (request === undefined) continue;
    const start = performance.now();
    policy.decide(request);
    if (run >= 0) times[run] = (performance.now() - start) * 1_000;
  }
  times.sort();
  const at = (part: number) => times[Math.floor(DECISIONS * part)] ?? NaN;
  return { median: at(0.5), p99: at(0.99) };
}

/** Read a hundred statements at a time: more are no policy that a bucket could have. */
function mixedPolicy(size: number): CompiledPolicy {
  const statements = Array.from({ length: Math.ceil(size / 100) }, (_, hundred) => {
    const count = Math.min(size - hundred * 100, 100);
    const Statement = Array.from({ length: count }, (_, index) => mixed(hundred * 100 + index));
    return parsePolicy(JSON.stringify({ Version: "2012-10-17", Statement })).statements;
  });
  return compilePolicy({ version: "2012-10-17", statements: statements.flat() });
}

const ON_BUCKET = "arn:aws:s3:::bucket";

/** A statement out of ten sorts; each ten are about another team. */
function mixed(index: number) {
  const team = Math.floor(index / 10);
  const user = { AWS: `arn:aws:iam::${ACCOUNT}:user/u${team}` };
  const at = (key: string) => `${ON_BUCKET}/${key}`;
  const sorts = [
    { Effect: "Allow", Principal: user, Action: "s3:GetObject", Resource: at(`t${team}/*`) },
    {
      Effect: "Allow",
      Principal: user,
      Action: "s3:PutObject",
      Resource: at(`t${team}/\${aws:username}/*`),
    },
    {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObject",
      Resource: at(`e${team}/*`),
      Condition: {
        Null: { "s3:if-none-match": "true" },
        Bool: { "s3:ObjectCreationOperation": "true" },
      },
    },
    {
      Effect: "Deny",
      Principal: "*",
      Action: ["s3:DeleteObject", "s3:PutObject"],
      Resource: at(`*/keep${team}-*.json`),
    },
    {
      Effect: "Allow",
      Principal: user,
      Action: "s3:ListBucket",
      Resource: ON_BUCKET,
      Condition: { StringLike: { "s3:prefix": [`t${team}/*`, "${aws:username}/*"] } },
    },
    {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: at("*"),
      Condition: { IpAddress: { "aws:SourceIp": [`10.${team}.0.0/16`, `2001:db8:${team}::/48`] } },
    },
    {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: at(`t${team}/*`),
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: at(`t${team}/public/*`) },
    {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObject",
      Resource: at("*"),
      Condition: { StringEquals: { "s3:x-amz-storage-class": [`CLASS${team}`, "GLACIER"] } },
    },
    {
      Effect: "Allow",
      Principal: "*",
      Action: "s3:GetObject",
      Resource: at("*"),
      Condition: {
        DateLessThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" },
        StringLike: { "aws:UserAgent": `*crawler${team}*` },
      },
    },
  ];
  return sorts[index % sorts.length];
}

const NAMES = ["u0", "u5", "u9", "stranger"];
const KEYS = [
  "t0/public/a.png",
  "t5/u5/2026/a.json",
  "t9/u9/b",
  "e9/000042.json",
  "z/keep7-1.json",
];
const ADDRESSES = ["203.0.113.7", "10.9.1.2", "2001:db8:9::1", "2001:db9::1"];

/** What clients ask, in all combinations; most of it is answered by one of the statements. */
const REQUESTS: readonly PolicyRequest[] = NAMES.flatMap((name) =>
  KEYS.flatMap((key) =>
    ADDRESSES.flatMap((ip) => {
      const asked = { as: { name }, ip, headers: { "user-agent": "aws-cli/2.31 Python/3.13" } };
      return [
        policyRequest({ ...asked, action: "s3:GetObject", key }),
        policyRequest({ ...asked, action: "s3:PutObject", key }),
        policyRequest({ ...asked, action: "s3:DeleteObject", key }),
        policyRequest({ ...asked, action: "s3:ListBucket", query: { prefix: key } }),
      ];
    })
  )
);
