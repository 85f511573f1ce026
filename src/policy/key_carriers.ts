/**
 * Which actions of S3 come with which condition keys.
 * Source: "Actions, resources, and condition keys for Amazon S3" in the service authorization
 * reference.
 *
 * @module
 */

/** Condition keys, and the actions without `s3:` that carry them; white space between them. */
export type KeyCarriers = readonly [keys: string, actions: string];

/**
 * Every condition key of S3 that does not come with every action. One that ends in `/` goes on with
 * the key of a tag.
 */
export const KEY_CARRIERS: readonly KeyCarriers[] = [
  ["s3:AccessGrantScope", "CreateAccessGrant DeleteAccessGrant GetAccessGrant"],
  [
    "s3:AccessGrantsLocationScope",
    `
      CreateAccessGrantsLocation DeleteAccessGrantsLocation GetAccessGrantsLocation
      UpdateAccessGrantsLocation
    `,
  ],
  [
    "s3:annotation-prefix s3:max-annotation-results",
    "ListObjectAnnotations ListObjectVersionAnnotations",
  ],
  ["s3:delimiter s3:max-keys s3:prefix", "ListBucket ListBucketVersions"],
  [
    "s3:deliverySourceArn s3:logType s3:resourceArnBeingAuthorized",
    "AllowVendedLogDeliveryForResource",
  ],
  ["s3:destinationRegion", "PauseReplication"],
  [
    "s3:ExistingJobOperation s3:ExistingJobPriority",
    "DeleteJobTagging PutJobTagging UpdateJobPriority UpdateJobStatus",
  ],
  [
    "s3:ExistingObjectTag/",
    `
      DeleteObjectAnnotation DeleteObjectTagging DeleteObjectVersionAnnotation
      DeleteObjectVersionTagging GetObject GetObjectAcl GetObjectAnnotation GetObjectAttributes
      GetObjectTagging GetObjectVersion GetObjectVersionAcl GetObjectVersionAnnotation
      GetObjectVersionAttributes GetObjectVersionTagging ListObjectAnnotations
      ListObjectVersionAnnotations PutObjectAcl PutObjectAnnotation PutObjectTagging
      PutObjectVersionAcl PutObjectVersionAnnotation PutObjectVersionTagging
      UpdateObjectEncryption
    `,
  ],
  ["s3:if-match", "DeleteObject PutObject"],
  ["s3:InventoryAccessibleOptionalFields", "PutInventoryConfiguration"],
  ["s3:isReplicationPauseRequest", "PutReplicationConfiguration"],
  ["s3:JobSuspendedCause", "UpdateJobStatus"],
  ["s3:locationconstraint", "CreateAccessPoint CreateBucket"],
  [
    "s3:object-lock-event-hold s3:object-lock-event-hold-duration-days",
    "PutObject PutObjectRetention ReplicateObject",
  ],
  ["s3:object-lock-legal-hold", "PutObject PutObjectLegalHold"],
  [
    `
      s3:object-lock-mode s3:object-lock-remaining-retention-days
      s3:object-lock-retain-until-date
    `,
    "PutObject PutObjectRetention",
  ],
  ["s3:if-none-match s3:ObjectCreationOperation s3:x-amz-object-annotation-directive", "PutObject"],
  ["s3:RequestJobOperation", "CreateJob"],
  ["s3:RequestJobPriority", "CreateJob UpdateJobPriority"],
  [
    "s3:RequestObjectTag/ s3:RequestObjectTagKeys",
    "BypassGovernanceRetention PutObject PutObjectTagging PutObjectVersionTagging",
  ],
  [
    "s3:versionid",
    `
      DeleteObjectVersion DeleteObjectVersionAnnotation DeleteObjectVersionTagging
      GetObjectVersion GetObjectVersionAcl GetObjectVersionAnnotation GetObjectVersionAttributes
      GetObjectVersionTagging GetObjectVersionTorrent ListObjectVersionAnnotations
      PutObjectVersionAcl PutObjectVersionAnnotation PutObjectVersionTagging
    `,
  ],
  [
    "s3:x-amz-acl",
    `
      BypassGovernanceRetention CreateAccessPoint CreateBucket PutBucketAcl PutObject
      PutObjectAcl PutObjectVersionAcl
    `,
  ],
  ["s3:x-amz-bucket-namespace s3:x-amz-object-ownership", "CreateBucket"],
  [
    "s3:x-amz-copy-source s3:x-amz-metadata-directive s3:x-amz-website-redirect-location",
    "BypassGovernanceRetention PutObject",
  ],
  [
    `
      s3:x-amz-grant-full-control s3:x-amz-grant-read s3:x-amz-grant-read-acp
      s3:x-amz-grant-write s3:x-amz-grant-write-acp
    `,
    `
      BypassGovernanceRetention CreateBucket PutBucketAcl PutObject PutObjectAcl
      PutObjectVersionAcl
    `,
  ],
  [
    "s3:x-amz-object-if-match",
    `
      DeleteObjectAnnotation DeleteObjectVersionAnnotation PutObjectAnnotation
      PutObjectVersionAnnotation
    `,
  ],
  [
    "s3:x-amz-server-side-encryption s3:x-amz-server-side-encryption-aws-kms-key-id",
    "BypassGovernanceRetention PutObject ReplicateObject UpdateObjectEncryption",
  ],
  [
    "s3:x-amz-server-side-encryption-customer-algorithm",
    "BypassGovernanceRetention PutObject ReplicateObject",
  ],
  [
    "s3:x-amz-storage-class",
    "BypassGovernanceRetention PutObject PutObjectAcl PutObjectVersionAcl",
  ],
];
