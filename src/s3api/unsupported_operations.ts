/**
 * The operations of Amazon S3 that are recognised in order to be refused by their name.
 * Source: "Actions" in the Amazon S3 API reference.
 *
 * @module
 */
import type { Operation } from "./operation.ts";

/** Name, method, the query parameters it is recognised by, and the IAM action without `s3:`. */
type Row = readonly [
  name: string,
  method: Operation["method"],
  query: readonly string[],
  action: string,
];

const ON_BUCKETS: readonly Row[] = [
  [
    "CreateBucketMetadataConfiguration",
    "POST",
    ["metadataConfiguration"],
    "CreateBucketMetadataTableConfiguration",
  ],
  [
    "CreateBucketMetadataTableConfiguration",
    "POST",
    ["metadataTable"],
    "CreateBucketMetadataTableConfiguration",
  ],
  ["CreateSession", "GET", ["session"], "CreateSession"],
  ["DeleteBucketAnalyticsConfiguration", "DELETE", ["analytics"], "PutAnalyticsConfiguration"],
  ["DeleteBucketCors", "DELETE", ["cors"], "PutBucketCORS"],
  ["DeleteBucketEncryption", "DELETE", ["encryption"], "PutEncryptionConfiguration"],
  [
    "DeleteBucketIntelligentTieringConfiguration",
    "DELETE",
    ["intelligent-tiering"],
    "PutIntelligentTieringConfiguration",
  ],
  ["DeleteBucketInventoryConfiguration", "DELETE", ["inventory"], "PutInventoryConfiguration"],
  ["DeleteBucketLifecycle", "DELETE", ["lifecycle"], "PutLifecycleConfiguration"],
  [
    "DeleteBucketMetadataConfiguration",
    "DELETE",
    ["metadataConfiguration"],
    "DeleteBucketMetadataTableConfiguration",
  ],
  [
    "DeleteBucketMetadataTableConfiguration",
    "DELETE",
    ["metadataTable"],
    "DeleteBucketMetadataTableConfiguration",
  ],
  ["DeleteBucketMetricsConfiguration", "DELETE", ["metrics"], "PutMetricsConfiguration"],
  ["DeleteBucketOwnershipControls", "DELETE", ["ownershipControls"], "PutBucketOwnershipControls"],
  ["DeleteBucketReplication", "DELETE", ["replication"], "PutReplicationConfiguration"],
  ["DeleteBucketTagging", "DELETE", ["tagging"], "PutBucketTagging"],
  ["DeleteBucketWebsite", "DELETE", ["website"], "DeleteBucketWebsite"],
  ["GetBucketAbac", "GET", ["abac"], "GetBucketAbac"],
  ["GetBucketAccelerateConfiguration", "GET", ["accelerate"], "GetAccelerateConfiguration"],
  ["GetBucketAnalyticsConfiguration", "GET", ["analytics", "id"], "GetAnalyticsConfiguration"],
  ["GetBucketCors", "GET", ["cors"], "GetBucketCORS"],
  ["GetBucketEncryption", "GET", ["encryption"], "GetEncryptionConfiguration"],
  [
    "GetBucketIntelligentTieringConfiguration",
    "GET",
    ["intelligent-tiering", "id"],
    "GetIntelligentTieringConfiguration",
  ],
  ["GetBucketInventoryConfiguration", "GET", ["inventory", "id"], "GetInventoryConfiguration"],
  ["GetBucketLifecycleConfiguration", "GET", ["lifecycle"], "GetLifecycleConfiguration"],
  ["GetBucketLogging", "GET", ["logging"], "GetBucketLogging"],
  [
    "GetBucketMetadataConfiguration",
    "GET",
    ["metadataConfiguration"],
    "GetBucketMetadataTableConfiguration",
  ],
  [
    "GetBucketMetadataTableConfiguration",
    "GET",
    ["metadataTable"],
    "GetBucketMetadataTableConfiguration",
  ],
  ["GetBucketMetricsConfiguration", "GET", ["metrics", "id"], "GetMetricsConfiguration"],
  ["GetBucketNotificationConfiguration", "GET", ["notification"], "GetBucketNotification"],
  ["GetBucketOwnershipControls", "GET", ["ownershipControls"], "GetBucketOwnershipControls"],
  ["GetBucketReplication", "GET", ["replication"], "GetReplicationConfiguration"],
  ["GetBucketRequestPayment", "GET", ["requestPayment"], "GetBucketRequestPayment"],
  ["GetBucketTagging", "GET", ["tagging"], "GetBucketTagging"],
  ["GetBucketWebsite", "GET", ["website"], "GetBucketWebsite"],
  ["GetObjectLockConfiguration", "GET", ["object-lock"], "GetBucketObjectLockConfiguration"],
  ["ListBucketAnalyticsConfigurations", "GET", ["analytics"], "GetAnalyticsConfiguration"],
  [
    "ListBucketIntelligentTieringConfigurations",
    "GET",
    ["intelligent-tiering"],
    "GetIntelligentTieringConfiguration",
  ],
  ["ListBucketInventoryConfigurations", "GET", ["inventory"], "GetInventoryConfiguration"],
  ["ListBucketMetricsConfigurations", "GET", ["metrics"], "GetMetricsConfiguration"],
  ["ListObjectVersions", "GET", ["versions"], "ListBucketVersions"],
  ["PutBucketAbac", "PUT", ["abac"], "PutBucketAbac"],
  ["PutBucketAccelerateConfiguration", "PUT", ["accelerate"], "PutAccelerateConfiguration"],
  ["PutBucketAcl", "PUT", ["acl"], "PutBucketAcl"],
  ["PutBucketAnalyticsConfiguration", "PUT", ["analytics"], "PutAnalyticsConfiguration"],
  ["PutBucketCors", "PUT", ["cors"], "PutBucketCORS"],
  ["PutBucketEncryption", "PUT", ["encryption"], "PutEncryptionConfiguration"],
  [
    "PutBucketIntelligentTieringConfiguration",
    "PUT",
    ["intelligent-tiering"],
    "PutIntelligentTieringConfiguration",
  ],
  ["PutBucketInventoryConfiguration", "PUT", ["inventory"], "PutInventoryConfiguration"],
  ["PutBucketLifecycleConfiguration", "PUT", ["lifecycle"], "PutLifecycleConfiguration"],
  ["PutBucketLogging", "PUT", ["logging"], "PutBucketLogging"],
  ["PutBucketMetricsConfiguration", "PUT", ["metrics"], "PutMetricsConfiguration"],
  ["PutBucketNotificationConfiguration", "PUT", ["notification"], "PutBucketNotification"],
  ["PutBucketOwnershipControls", "PUT", ["ownershipControls"], "PutBucketOwnershipControls"],
  ["PutBucketReplication", "PUT", ["replication"], "PutReplicationConfiguration"],
  ["PutBucketRequestPayment", "PUT", ["requestPayment"], "PutBucketRequestPayment"],
  ["PutBucketTagging", "PUT", ["tagging"], "PutBucketTagging"],
  ["PutBucketVersioning", "PUT", ["versioning"], "PutBucketVersioning"],
  ["PutBucketWebsite", "PUT", ["website"], "PutBucketWebsite"],
  ["PutObjectLockConfiguration", "PUT", ["object-lock"], "PutBucketObjectLockConfiguration"],
  [
    "UpdateBucketMetadataInventoryTableConfiguration",
    "PUT",
    ["metadataInventoryTable"],
    "UpdateBucketMetadataInventoryTableConfiguration",
  ],
  [
    "UpdateBucketMetadataJournalTableConfiguration",
    "PUT",
    ["metadataJournalTable"],
    "UpdateBucketMetadataJournalTableConfiguration",
  ],
];

const ON_OBJECTS: readonly Row[] = [
  ["DeleteObjectTagging", "DELETE", ["tagging"], "DeleteObjectTagging"],
  ["GetObjectLegalHold", "GET", ["legal-hold"], "GetObjectLegalHold"],
  ["GetObjectRetention", "GET", ["retention"], "GetObjectRetention"],
  ["GetObjectTagging", "GET", ["tagging"], "GetObjectTagging"],
  ["GetObjectTorrent", "GET", ["torrent"], "GetObjectTorrent"],
  ["PutObjectAcl", "PUT", ["acl"], "PutObjectAcl"],
  ["PutObjectLegalHold", "PUT", ["legal-hold"], "PutObjectLegalHold"],
  ["PutObjectRetention", "PUT", ["retention"], "PutObjectRetention"],
  ["PutObjectTagging", "PUT", ["tagging"], "PutObjectTagging"],
  ["RenameObject", "PUT", ["renameObject"], "PutObject"],
  ["RestoreObject", "POST", ["restore"], "RestoreObject"],
  ["SelectObjectContent", "POST", ["select"], "GetObject"],
  ["UpdateObjectEncryption", "PUT", ["encryption"], "UpdateObjectEncryption"],
];

/** Query parameters that tell one of several configurations, or a version, from the others. */
const OPTIONAL = ["id", "versionId", "select-type"];

/** Every operation that is answered with `501 NotImplemented` and its name. */
export const UNSUPPORTED_OPERATIONS: readonly Operation[] = [
  ...ON_BUCKETS.map((row) => operation("bucket", row)),
  ...ON_OBJECTS.map((row) => operation("object", row)),
];

function operation(on: Operation["on"], [name, method, query, action]: Row): Operation {
  return { name, method, on, query, optional: OPTIONAL, action: `s3:${action}` };
}
