/**
 * Policies for the bucket `b`, as tests put them.
 *
 * @module
 */

/** A statement without what {@link statement} fills in. */
export interface StatementParts {
  readonly Sid?: string;
  readonly Effect?: "Allow" | "Deny";
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A policy of these statements, each an Allow for everybody on all keys where it says nothing else. */
export function policyOf(...statements: readonly StatementParts[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((parts) => ({
      Effect: "Allow",
      Principal: "*",
      Resource: "arn:aws:s3:::b/*",
      ...parts,
    })),
  });
}

/** The ARN of a user of a deployment with the usual account. */
export function userArn(name: string): string {
  return `arn:aws:iam::000000000000:user/${name}`;
}

/** Refuses to create an object without `If-None-Match`; parts of a multipart upload may pass. */
export const WRITE_ONCE = policyOf({
  Sid: "DenyUnconditionalWrites",
  Effect: "Deny",
  Action: "s3:PutObject",
  Condition: {
    Null: { "s3:if-none-match": "true" },
    Bool: { "s3:ObjectCreationOperation": "true" },
  },
});
