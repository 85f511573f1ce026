/**
 * Actions that do not exist, or are not done to what the statement names.
 * Source: "Actions, resources, and condition keys for Amazon S3" in the service authorization
 * reference.
 *
 * @module
 */
import type { Statement } from "../document.ts";
import { actionsLike, isDoneTo, targetsOf } from "../reach.ts";
import type { Remark, Rule } from "./rule.ts";

/** An action that S3 does not have. */
export const unknownAction: Rule = {
  name: "unknown-action",
  severity: "error",
  check: ({ statements }) =>
    remarks(statements, (pattern) => {
      if (actionsLike(pattern).length > 0) return undefined;
      const action = ACTION_OF[pattern.replace(/^s3:/i, "").toLowerCase()];
      return action === undefined
        ? `S3 has no action ${pattern}; those it has begin with s3:, as in s3:PutObject`
        : `${pattern} is an operation and no action; what it needs is ${action}`;
    }),
};

/** An action on objects in a statement about a bucket, or the other way round. */
export const actionWithoutResource: Rule = {
  name: "action-without-resource",
  severity: "error",
  check: ({ statements }) =>
    remarks(statements, (pattern, statement) => {
      const actions = actionsLike(pattern);
      const targets = targetsOf(statement.resources);
      const isLost = actions.length > 0 && !statement.actions.negated &&
        !actions.some((action) => isDoneTo(targets, action));
      return isLost
        ? `${pattern} is done to nothing that Resource names; objects are arn:aws:s3:::BUCKET/KEY, ` +
          "the bucket itself is arn:aws:s3:::BUCKET"
        : undefined;
    }),
};

function remarks(
  statements: readonly Statement[],
  check: (pattern: string, statement: Statement) => string | undefined,
): readonly Remark[] {
  return statements.flatMap((statement) => {
    const { path, actions } = statement;
    return actions.patterns.flatMap((pattern) => {
      const message = check(pattern, statement);
      return message === undefined
        ? []
        : [{ path: `${path}.${actions.negated ? "NotAction" : "Action"}`, message }];
    });
  });
}

/** Operations, in lower case, that are taken for actions. */
const ACTION_OF: Readonly<Record<string, string | undefined>> = {
  completemultipartupload: "s3:PutObject",
  copyobject: "s3:PutObject, and s3:GetObject on the source",
  createmultipartupload: "s3:PutObject",
  deleteobjects: "s3:DeleteObject",
  headbucket: "s3:ListBucket",
  headobject: "s3:GetObject",
  listbuckets: "s3:ListAllMyBuckets, which no bucket policy decides",
  listmultipartuploads: "s3:ListBucketMultipartUploads",
  listobjects: "s3:ListBucket",
  listobjectsv2: "s3:ListBucket",
  listparts: "s3:ListMultipartUploadParts",
  postobject: "s3:PutObject",
  uploadpart: "s3:PutObject",
  uploadpartcopy: "s3:PutObject",
};
