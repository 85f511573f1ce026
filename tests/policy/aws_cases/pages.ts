/** A page of AWS's documentation. */
export interface AwsPage {
  readonly title: string;
  readonly url: string;
}

/** "IAM JSON policy elements: Statement", "... Version" and so on. */
export const STATEMENT = element("Statement", "statement");
export const VERSION = element("Version", "version");
export const EFFECT = element("Effect", "effect");
export const PRINCIPAL = element("Principal", "principal");
export const NOT_PRINCIPAL = element("NotPrincipal", "notprincipal");
export const ACTION = element("Action", "action");
export const NOT_ACTION = element("NotAction", "notaction");
export const RESOURCE = element("Resource", "resource");
export const NOT_RESOURCE = element("NotResource", "notresource");
export const CONDITION = element("Condition", "condition");
export const OPERATORS = element("Condition operators", "condition_operators");

export const VARIABLES = iam(
  "IAM policy elements: Variables and tags",
  "reference_policies_variables",
);
export const GRAMMAR = iam(
  "Grammar of the IAM JSON policy language",
  "reference_policies_grammar",
);
export const EVALUATION = iam("Policy evaluation logic", "reference_policies_evaluation-logic");
export const GLOBAL_KEYS = iam(
  "AWS global condition context keys",
  "reference_policies_condition-keys",
);
export const MULTIPLE_VALUES = iam(
  "Conditions with multiple context keys or values",
  "reference_policies_condition-logic-multiple-context-keys-or-values",
);
export const SET_OPERATORS = iam(
  "Single-valued vs. multivalued context keys",
  "reference_policies_condition-single-vs-multi-valued-context-keys",
);
export const SET_EXAMPLES = iam(
  "Multivalued context key examples",
  "reference_policies_condition_examples-multi-valued-context-keys",
);
export const POLICY_CHECKS = iam(
  "IAM Access Analyzer policy check reference",
  "access-analyzer-reference-policy-checks",
);

export const CONDITIONAL_WRITES = s3(
  "How to prevent object overwrites with conditional writes",
  "conditional-writes",
);
export const ENFORCED_WRITES = s3(
  "Enforce conditional writes on Amazon S3 buckets",
  "conditional-writes-enforce",
);
export const ENFORCED_DELETES = s3(
  "Enforce conditional deletes on Amazon S3 buckets",
  "conditional-delete-enforce",
);
export const BUCKET_EXAMPLES = s3(
  "Examples of Amazon S3 bucket policies",
  "example-bucket-policies",
);
export const KEY_EXAMPLES = s3(
  "Bucket policy examples using condition keys",
  "amazon-s3-policy-keys",
);
export const USER_EXAMPLES = s3(
  "Identity-based policy examples for Amazon S3",
  "example-policies-s3",
);
export const WALKTHROUGH = s3("Controlling access to a bucket with user policies", "walkthrough1");
export const S3_PRINCIPALS = s3(
  "Principals for bucket policies",
  "s3-bucket-user-policy-specifying-principal-intro",
);
export const S3_RESOURCES = s3("Policy resources for Amazon S3", "s3-arn-format");
export const S3_ACTIONS = s3("Amazon S3 actions", "using-with-s3-actions");
export const ENCRYPTION = s3(
  "Using server-side encryption with Amazon S3 managed keys (SSE-S3)",
  "UsingServerSideEncryption",
);
export const TAGGING = s3("Tagging and access control policies", "tagging-and-policies");
export const MULTIPART = s3("Uploading and copying objects using multipart upload", "mpuoverview");
export const SIGNATURES: AwsPage = {
  title: "Amazon S3 Signature Version 4 Authentication Specific Policy Keys",
  url: "https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html",
};

function element(name: string, file: string): AwsPage {
  return iam(`IAM JSON policy elements: ${name}`, `reference_policies_elements_${file}`);
}

function iam(title: string, file: string): AwsPage {
  return { title, url: `https://docs.aws.amazon.com/IAM/latest/UserGuide/${file}.html` };
}

function s3(title: string, file: string): AwsPage {
  return { title, url: `https://docs.aws.amazon.com/AmazonS3/latest/userguide/${file}.html` };
}
