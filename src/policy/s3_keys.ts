/**
 * Condition keys of S3.
 * Sources: "Actions, resources, and condition keys for Amazon S3" in the service authorization
 * reference; "Amazon S3 Signature Version 4 Authentication Specific Policy Keys" in the Amazon S3 API
 * reference.
 *
 * @module
 */
import { copySourcePath } from "./copy_source.ts";
import {
  type ConditionKey,
  type ConditionValue,
  fromHeader,
  fromQuery,
  several,
  single,
} from "./condition_key.ts";
import type { PolicyRequest } from "./request.ts";

/** All of them; those that are read nowhere are about what does not exist here. */
export const S3_KEYS: readonly ConditionKey[] = [
  // Of writing.
  single("string", "s3:if-match", fromHeader("if-match")),
  single("string", "s3:if-none-match", fromHeader("if-none-match")),
  single("bool", "s3:ObjectCreationOperation", createsObject),
  single("string", "s3:x-amz-copy-source", copySource),
  header("x-amz-metadata-directive"),
  header("x-amz-object-annotation-directive"),
  header("x-amz-object-if-match"),
  header("x-amz-storage-class"),
  header("x-amz-website-redirect-location"),
  header("x-amz-server-side-encryption"),
  header("x-amz-server-side-encryption-aws-kms-key-id", "arn"),
  header("x-amz-server-side-encryption-customer-algorithm"),

  // Of grants.
  header("x-amz-acl"),
  header("x-amz-grant-full-control"),
  header("x-amz-grant-read"),
  header("x-amz-grant-read-acp"),
  header("x-amz-grant-write"),
  header("x-amz-grant-write-acp"),
  header("x-amz-object-ownership"),

  // Of tags.
  single("string", "s3:ExistingObjectTag/"),
  single("string", "s3:RequestObjectTag/", requestTag),
  several("s3:RequestObjectTagKeys", requestTagKeys),
  single("string", "s3:BucketTag/"),
  single("string", "s3:AccessPointTag/"),

  // Of listing.
  single("string", "s3:delimiter", fromQuery("delimiter")),
  single("numeric", "s3:max-keys", maxKeys),
  single("string", "s3:prefix", fromQuery("prefix")),

  // Of the signature.
  single("string", "s3:authType", ({ circumstances }) => circumstances.signature?.type),
  single("numeric", "s3:signatureAge", signatureAge),
  single(
    "string",
    "s3:signatureversion",
    ({ circumstances }) => circumstances.signature && "AWS4-HMAC-SHA256",
  ),
  header("x-amz-content-sha256"),
  single("numeric", "s3:TlsVersion"),

  // Of object lock and versions.
  single("string", "s3:object-lock-event-hold"),
  single("numeric", "s3:object-lock-event-hold-duration-days"),
  single("string", "s3:object-lock-legal-hold"),
  single("string", "s3:object-lock-mode"),
  single("numeric", "s3:object-lock-remaining-retention-days"),
  single("date", "s3:object-lock-retain-until-date"),
  single("string", "s3:VersionId", fromQuery("versionId")),

  // Of what only AWS has.
  single("string", "s3:AccessGrantScope"),
  single("arn", "s3:AccessGrantsInstanceArn"),
  single("string", "s3:AccessGrantsLocationScope"),
  single("string", "s3:AccessPointNetworkOrigin"),
  single("string", "s3:annotation-prefix"),
  single("string", "s3:DataAccessPointAccount"),
  single("arn", "s3:DataAccessPointArn"),
  single("arn", "s3:deliverySourceArn"),
  single("string", "s3:destinationRegion"),
  single("string", "s3:ExistingJobOperation"),
  single("numeric", "s3:ExistingJobPriority"),
  several("s3:InventoryAccessibleOptionalFields"),
  single("bool", "s3:isReplicationPauseRequest"),
  single("string", "s3:JobSuspendedCause"),
  single("string", "s3:locationconstraint"),
  single("string", "s3:logType"),
  single("numeric", "s3:max-annotation-results"),
  single("string", "s3:RequestJobOperation"),
  single("numeric", "s3:RequestJobPriority"),
  single("string", "s3:ResourceAccount"),
  single("arn", "s3:resourceArnBeingAuthorized"),
  single("string", "s3:x-amz-bucket-namespace"),
];

/** A key that is named for the header which it is about. */
function header(name: string, type: ConditionKey["type"] = "string"): ConditionKey {
  return single(type, `s3:${name}`, fromHeader(name));
}

function createsObject({ circumstances }: PolicyRequest): string | undefined {
  const { createsObject } = circumstances;
  return createsObject === undefined ? undefined : String(createsObject);
}

/** As a listing reads it: there is always a number, and it may have a sign. */
function maxKeys({ circumstances }: PolicyRequest): string {
  const written = circumstances.query("max-keys") ?? "";
  return written === "" ? ALL_KEYS : written.replace(/^\+/, "");
}

/** How many keys a listing returns that does not say. */
const ALL_KEYS = "1000";

/** What cannot be decoded is compared as it came; the operation refuses it. */
function copySource({ circumstances }: PolicyRequest): string | undefined {
  const written = circumstances.header("x-amz-copy-source");
  return written === undefined ? undefined : copySourcePath(written) ?? written;
}

/** In milliseconds; a client whose clock is ahead has just signed. */
function signatureAge({ circumstances }: PolicyRequest): string | undefined {
  const { signature, receivedAt } = circumstances;
  if (signature === undefined) return undefined;
  return String(Math.max(receivedAt.getTime() - signature.signedAt.getTime(), 0));
}

/** The value of one of the tags; where a request writes its key several ways, of all of those. */
function requestTag(request: PolicyRequest, key = ""): ConditionValue {
  const wanted = key.toLowerCase();
  const values = requestTags(request).filter(([key]) => key.toLowerCase() === wanted);
  return values.length <= 1 ? values[0]?.[1] : values.map(([, value]) => value);
}

function requestTagKeys(request: PolicyRequest): readonly string[] | undefined {
  const tags = requestTags(request);
  return tags.length === 0 ? undefined : tags.map(([key]) => key);
}

function requestTags({ circumstances }: PolicyRequest): readonly (readonly [string, string])[] {
  return [...new URLSearchParams(circumstances.header("x-amz-tagging") ?? "")];
}
