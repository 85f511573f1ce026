import assert from "node:assert/strict";
import { compilePolicy } from "../../src/policy/evaluate.ts";
import { parsePolicy } from "../../src/policy/parse.ts";
import { PolicyError } from "../../src/policy/policy_error.ts";
import { ABSENT_KEYS } from "./aws_cases/absent_keys.ts";
import { ACTIONS } from "./aws_cases/actions.ts";
import { ARN_OPERATORS } from "./aws_cases/arn_operators.ts";
import type { AwsCase } from "./aws_cases/aws_case.ts";
import { BOOL_AND_BINARY_OPERATORS } from "./aws_cases/bool_and_binary_operators.ts";
import { BUCKET_POLICY_EXAMPLES } from "./aws_cases/bucket_policy_examples.ts";
import {
  ENFORCED_CONDITIONAL_DELETES,
  ENFORCED_CONDITIONAL_WRITES,
} from "./aws_cases/conditional_writes.ts";
import { DATE_OPERATORS } from "./aws_cases/date_operators.ts";
import { EVALUATION_LOGIC } from "./aws_cases/evaluation_logic.ts";
import { GRAMMAR_OF_POLICIES } from "./aws_cases/grammar.ts";
import { IP_OPERATORS } from "./aws_cases/ip_operators.ts";
import { LISTING_EXAMPLES } from "./aws_cases/listing_examples.ts";
import { MULTIPLE_KEYS_AND_VALUES } from "./aws_cases/multiple_values.ts";
import { NOT_PRINCIPALS } from "./aws_cases/not_principals.ts";
import { NUMERIC_OPERATORS } from "./aws_cases/numeric_operators.ts";
import { PRINCIPAL_KEYS } from "./aws_cases/principal_keys.ts";
import { PRINCIPALS } from "./aws_cases/principals.ts";
import { RESOURCES } from "./aws_cases/resources.ts";
import { SETS_OF_VALUES } from "./aws_cases/set_operators.ts";
import { SIGNATURE_KEYS } from "./aws_cases/signatures.ts";
import { STRING_OPERATORS } from "./aws_cases/string_operators.ts";
import { UPLOAD_EXAMPLES } from "./aws_cases/upload_examples.ts";
import { POLICY_VARIABLES } from "./aws_cases/variables.ts";
import { policyRequest } from "./policy_request.ts";

const THEMES: Readonly<Record<string, readonly AwsCase[]>> = {
  "string operators": STRING_OPERATORS,
  "numeric operators": NUMERIC_OPERATORS,
  "date operators": DATE_OPERATORS,
  "operators for truths and bytes": BOOL_AND_BINARY_OPERATORS,
  "address operators": IP_OPERATORS,
  "ARN operators": ARN_OPERATORS,
  "keys that are absent": ABSENT_KEYS,
  "several keys and values": MULTIPLE_KEYS_AND_VALUES,
  "sets of values": SETS_OF_VALUES,
  "policy variables": POLICY_VARIABLES,
  "principals": PRINCIPALS,
  "all principals but some": NOT_PRINCIPALS,
  "keys about the principal": PRINCIPAL_KEYS,
  "actions": ACTIONS,
  "resources": RESOURCES,
  "the order of evaluation": EVALUATION_LOGIC,
  "examples of bucket policies": BUCKET_POLICY_EXAMPLES,
  "examples about uploads": UPLOAD_EXAMPLES,
  "examples about listings": LISTING_EXAMPLES,
  "keys about the signature": SIGNATURE_KEYS,
  "conditional writes": ENFORCED_CONDITIONAL_WRITES,
  "conditional deletes": ENFORCED_CONDITIONAL_DELETES,
  "the grammar of policies": GRAMMAR_OF_POLICIES,
};

const ALL = Object.values(THEMES).flat();

for (const [theme, cases] of Object.entries(THEMES)) {
  Deno.test(`policies agree with what AWS documents of ${theme}`, async (t) => {
    for (const aws of cases) {
      await t.step(`${aws.says} (${aws.page.title})`, () => {
        assert.equal(outcome(aws), aws.expected, JSON.stringify(aws.policy));
      });
    }
  });
}

Deno.test("the table of AWS's documentation has at least 300 cases, and no sentence twice", () => {
  assert.ok(ALL.length >= 300, `${ALL.length}`);
  const sentences = ALL.map(({ says }) => says);
  assert.deepEqual(sentences.filter((says, at) => sentences.indexOf(says) !== at), []);
});

Deno.test("every case names a page of AWS's documentation", () => {
  for (const { page, otherwise } of ALL) {
    for (const { title, url } of otherwise === undefined ? [page] : [page, otherwise]) {
      assert.notEqual(title, "");
      assert.equal(new URL(url).origin, "https://docs.aws.amazon.com");
    }
  }
});

Deno.test("every kind of outcome is among the cases", () => {
  const outcomes = new Set(ALL.map(({ expected }) => expected));
  assert.deepEqual([...outcomes].sort(), ["allow", "default", "deny", "malformed"]);
});

/** What becomes of a case here; `stored` where a document is taken that should be refused. */
function outcome({ policy, request }: AwsCase): AwsCase["expected"] | "stored" {
  const text = typeof policy === "string" ? policy : JSON.stringify(policy);
  try {
    const compiled = compilePolicy(parsePolicy(text));
    if (request === undefined) return "stored";
    return compiled.decide(policyRequest(request)).outcome;
  } catch (error) {
    if (error instanceof PolicyError) return "malformed";
    throw error;
  }
}
