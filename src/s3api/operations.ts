/**
 * The table of S3's operations: how each is recognised, its IAM action, its handler.
 * Sources: "Actions" in the Amazon S3 API reference; "Actions, resources, and condition keys for
 * Amazon S3" in the service authorization reference.
 *
 * @module
 */
import type { Operation } from "./operation.ts";
import { abortMultipartUpload } from "./operations/abort_multipart_upload.ts";
import { completeMultipartUpload } from "./operations/complete_multipart_upload.ts";
import { copyObject } from "./operations/copy_object.ts";
import { createBucket } from "./operations/create_bucket.ts";
import { createMultipartUpload } from "./operations/create_multipart_upload.ts";
import { deleteBucket } from "./operations/delete_bucket.ts";
import { deleteBucketPolicy } from "./operations/delete_bucket_policy.ts";
import { deleteObject } from "./operations/delete_object.ts";
import { deleteObjects } from "./operations/delete_objects.ts";
import { deletePublicAccessBlock } from "./operations/delete_public_access_block.ts";
import { getBucketAcl } from "./operations/get_bucket_acl.ts";
import { getBucketLocation } from "./operations/get_bucket_location.ts";
import { getBucketPolicy } from "./operations/get_bucket_policy.ts";
import { getBucketPolicyStatus } from "./operations/get_bucket_policy_status.ts";
import { getBucketVersioning } from "./operations/get_bucket_versioning.ts";
import { getObject } from "./operations/get_object.ts";
import { getObjectAcl } from "./operations/get_object_acl.ts";
import { getObjectAttributes } from "./operations/get_object_attributes.ts";
import { getPublicAccessBlock } from "./operations/get_public_access_block.ts";
import { headBucket } from "./operations/head_bucket.ts";
import { headObject } from "./operations/head_object.ts";
import { listBuckets } from "./operations/list_buckets.ts";
import { listMultipartUploads } from "./operations/list_multipart_uploads.ts";
import { listObjects } from "./operations/list_objects.ts";
import { listObjectsV2 } from "./operations/list_objects_v2.ts";
import { listParts } from "./operations/list_parts.ts";
import { postObject } from "./operations/post_object.ts";
import { putBucketPolicy } from "./operations/put_bucket_policy.ts";
import { putObject } from "./operations/put_object.ts";
import { putPublicAccessBlock } from "./operations/put_public_access_block.ts";
import { uploadPart } from "./operations/upload_part.ts";
import { uploadPartCopy } from "./operations/upload_part_copy.ts";
import { UNSUPPORTED_OPERATIONS } from "./unsupported_operations.ts";

/** One row per operation of S3. */
export const OPERATIONS: readonly Operation[] = [
  {
    name: "ListBuckets",
    method: "GET",
    on: "service",
    action: "s3:ListAllMyBuckets",
    handler: listBuckets,
    note: "only the buckets that the credential may see",
  },
  {
    name: "CreateBucket",
    method: "PUT",
    on: "bucket",
    action: "s3:CreateBucket",
    handler: createBucket,
    note: "for users that may create buckets; no ACL, no object lock",
  },
  {
    name: "DeleteBucket",
    method: "DELETE",
    on: "bucket",
    action: "s3:DeleteBucket",
    handler: deleteBucket,
  },
  {
    name: "HeadBucket",
    method: "HEAD",
    on: "bucket",
    action: "s3:ListBucket",
    handler: headBucket,
  },
  {
    name: "GetBucketLocation",
    method: "GET",
    on: "bucket",
    query: ["location"],
    action: "s3:GetBucketLocation",
    handler: getBucketLocation,
  },
  {
    name: "GetBucketVersioning",
    method: "GET",
    on: "bucket",
    query: ["versioning"],
    action: "s3:GetBucketVersioning",
    handler: getBucketVersioning,
    note: "always says that versioning was never enabled",
  },
  {
    name: "GetBucketAcl",
    method: "GET",
    on: "bucket",
    query: ["acl"],
    action: "s3:GetBucketAcl",
    handler: getBucketAcl,
    note: "always says that the owner has full control",
  },
  {
    name: "GetBucketPolicy",
    method: "GET",
    on: "bucket",
    query: ["policy"],
    action: "s3:GetBucketPolicy",
    handler: getBucketPolicy,
  },
  {
    name: "GetBucketPolicyStatus",
    method: "GET",
    on: "bucket",
    query: ["policyStatus"],
    action: "s3:GetBucketPolicyStatus",
    handler: getBucketPolicyStatus,
  },
  {
    name: "PutBucketPolicy",
    method: "PUT",
    on: "bucket",
    query: ["policy"],
    action: "s3:PutBucketPolicy",
    handler: putBucketPolicy,
    note: "answers once it holds in every process; not for a policy of the configuration",
  },
  {
    name: "DeleteBucketPolicy",
    method: "DELETE",
    on: "bucket",
    query: ["policy"],
    action: "s3:DeleteBucketPolicy",
    handler: deleteBucketPolicy,
    note: "as PutBucketPolicy",
  },
  {
    name: "GetPublicAccessBlock",
    method: "GET",
    on: "bucket",
    query: ["publicAccessBlock"],
    action: "s3:GetBucketPublicAccessBlock",
    handler: getPublicAccessBlock,
  },
  {
    name: "PutPublicAccessBlock",
    method: "PUT",
    on: "bucket",
    query: ["publicAccessBlock"],
    action: "s3:PutBucketPublicAccessBlock",
    handler: putPublicAccessBlock,
    note: "off unless it is put; there are no ACLs to block",
  },
  {
    name: "DeletePublicAccessBlock",
    method: "DELETE",
    on: "bucket",
    query: ["publicAccessBlock"],
    action: "s3:PutBucketPublicAccessBlock",
    handler: deletePublicAccessBlock,
  },
  {
    name: "ListObjects",
    method: "GET",
    on: "bucket",
    action: "s3:ListBucket",
    handler: listObjects,
  },
  {
    name: "ListObjectsV2",
    method: "GET",
    on: "bucket",
    query: ["list-type=2"],
    action: "s3:ListBucket",
    handler: listObjectsV2,
  },
  {
    name: "ListMultipartUploads",
    method: "GET",
    on: "bucket",
    query: ["uploads"],
    action: "s3:ListBucketMultipartUploads",
    handler: listMultipartUploads,
  },
  {
    name: "DeleteObjects",
    method: "POST",
    on: "bucket",
    query: ["delete"],
    action: "s3:DeleteObject",
    decidedByKey: true,
    handler: deleteObjects,
    note: "no versions, no MFA",
  },
  {
    name: "PostObject",
    method: "POST",
    on: "bucket",
    action: "s3:PutObject",
    creates: "object",
    handler: postObject,
    note: "browser form with policy; no tagging, no ACL",
  },
  {
    name: "GetObject",
    method: "GET",
    on: "object",
    optional: ["partNumber"],
    action: "s3:GetObject",
    handler: getObject,
    note: "one range at most, as in S3; no versions",
  },
  {
    name: "HeadObject",
    method: "HEAD",
    on: "object",
    optional: ["partNumber"],
    action: "s3:GetObject",
    handler: headObject,
    note: "no versions",
  },
  {
    name: "PutObject",
    method: "PUT",
    on: "object",
    action: "s3:PutObject",
    creates: "object",
    conditional: true,
    handler: putObject,
    note: "no tagging, ACL, object lock or server-side encryption",
  },
  {
    name: "CopyObject",
    method: "PUT",
    on: "object",
    headers: ["x-amz-copy-source"],
    action: "s3:PutObject",
    creates: "object",
    conditional: true,
    handler: copyObject,
    note: "no versions, tagging, ACL or server-side encryption",
  },
  {
    name: "DeleteObject",
    method: "DELETE",
    on: "object",
    action: "s3:DeleteObject",
    conditional: true,
    handler: deleteObject,
    note: "with If-Match; no versions",
  },
  {
    name: "GetObjectAcl",
    method: "GET",
    on: "object",
    query: ["acl"],
    action: "s3:GetObjectAcl",
    handler: getObjectAcl,
    note: "always says that the owner has full control",
  },
  {
    name: "GetObjectAttributes",
    method: "GET",
    on: "object",
    query: ["attributes"],
    action: "s3:GetObjectAttributes",
    alsoNeeds: ["s3:GetObject"],
    handler: getObjectAttributes,
    note: "no versions",
  },
  {
    name: "CreateMultipartUpload",
    method: "POST",
    on: "object",
    query: ["uploads"],
    action: "s3:PutObject",
    creates: "part",
    handler: createMultipartUpload,
    note: "no tagging, ACL, object lock or server-side encryption",
  },
  {
    name: "UploadPart",
    method: "PUT",
    on: "object",
    query: ["partNumber", "uploadId"],
    action: "s3:PutObject",
    creates: "part",
    handler: uploadPart,
  },
  {
    name: "UploadPartCopy",
    method: "PUT",
    on: "object",
    query: ["partNumber", "uploadId"],
    headers: ["x-amz-copy-source"],
    action: "s3:PutObject",
    creates: "part",
    handler: uploadPartCopy,
    note: "no versions",
  },
  {
    name: "CompleteMultipartUpload",
    method: "POST",
    on: "object",
    query: ["uploadId"],
    action: "s3:PutObject",
    creates: "object",
    conditional: true,
    handler: completeMultipartUpload,
  },
  {
    name: "AbortMultipartUpload",
    method: "DELETE",
    on: "object",
    query: ["uploadId"],
    action: "s3:AbortMultipartUpload",
    handler: abortMultipartUpload,
  },
  {
    name: "ListParts",
    method: "GET",
    on: "object",
    query: ["uploadId"],
    action: "s3:ListMultipartUploadParts",
    handler: listParts,
  },
  ...UNSUPPORTED_OPERATIONS,
];
