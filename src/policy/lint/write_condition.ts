/**
 * Policies that let objects be written only under a condition, so that none is overwritten.
 * Source: "Enforce conditional writes on Amazon S3 buckets" in the Amazon S3 user guide.
 *
 * @module
 */
import type { Condition, Statement } from "../document.ts";
import { actionsOf } from "../reach.ts";
import { holdsWithoutKey, isAbout } from "./conditions.ts";
import { isDenied, refusesUnconditional } from "./probe.ts";
import { objectsOf } from "./objects.ts";
import type { Rule } from "./rule.ts";

const IF_NONE_MATCH = "s3:if-none-match";
const IF_MATCH = "s3:if-match";
const PUT = "s3:PutObject";

/** An Allow with the condition, and no Deny for who comes without. */
export const unbackedWriteCondition: Rule = {
  name: "unbacked-write-condition",
  severity: "warning",
  check: (document) =>
    document.statements.flatMap((statement) => {
      const condition = statement.conditions.find(asksForWriteCondition);
      return statement.effect === "Allow" && condition !== undefined && canWrite(statement) &&
          objectsOf(statement).some((object) => !refusesUnconditional(document, object))
        ? [{ path: condition.path, message: unbacked(condition) }]
        : [];
    }),
};

/** A Deny that also meets the parts of a multipart upload, which have no condition. */
export const multipartParts: Rule = {
  name: "multipart-parts",
  severity: "warning",
  check: (document) =>
    document.statements.flatMap((statement) => {
      const condition = statement.conditions.find(catchesUnconditional);
      const deniesParts = condition !== undefined && objectsOf(statement).some((resource) =>
        isDenied(document, [statement], { action: PUT, resource, createsObject: false })
      );
      return deniesParts ? [{ path: condition.path, message: PARTS }] : [];
    }),
};

/** What may be deleted can be written anew. */
export const writeOnceDeletable: Rule = {
  name: "write-once-deletable",
  severity: "warning",
  check: (document) =>
    document.statements.flatMap((statement) =>
      isWriteOnce(statement) &&
        objectsOf(statement).some((resource) =>
          !isDenied(document, document.statements, { action: "s3:DeleteObject", resource })
        )
        ? [{ path: statement.path, message: DELETABLE }]
        : []
    ),
};

const BOOL_EXEMPTION = '{"Bool": {"s3:ObjectCreationOperation": "true"}}';

const PARTS =
  "also denies CreateMultipartUpload, UploadPart and UploadPartCopy, which cannot carry " +
  `the header, so that no multipart upload gets through; add ${BOOL_EXEMPTION}`;

const DELETABLE = "what it protects from being overwritten can be deleted and then written anew; " +
  "add a Deny for s3:DeleteObject, unless that is wanted";

function unbacked({ key }: Condition): string {
  return "refuses nobody: who may write by other means, such as the bucket's owner, needs no " +
    `header; add a Deny for ${PUT} with {"Null": {"${key}": "true"}} and ${BOOL_EXEMPTION}`;
}

function isWriteOnce(statement: Statement): boolean {
  const { effect, conditions } = statement;
  return effect === "Deny" && canWrite(statement) &&
    conditions.some((each) => isAbout(each, IF_NONE_MATCH) && catchesUnconditional(each)) &&
    !conditions.some((each) => isAbout(each, IF_MATCH));
}

function asksForWriteCondition(condition: Condition): boolean {
  return isWriteCondition(condition) && !holdsWithoutKey(condition);
}

function catchesUnconditional(condition: Condition): boolean {
  return isWriteCondition(condition) && holdsWithoutKey(condition);
}

function isWriteCondition(condition: Condition): boolean {
  return isAbout(condition, IF_NONE_MATCH) || isAbout(condition, IF_MATCH);
}

function canWrite(statement: Statement): boolean {
  return actionsOf(statement.actions).includes(PUT);
}
