import {
  BUCKET_ADMIN,
  type DecisionTable,
  decisionTable,
  IF_NEW,
  IF_SAME,
  MEMBER,
  OPERATOR,
  STRANGER,
} from "./decision_table.ts";

const BUNDLE = "evidence/7f3a/bundle.json";
const ATTACHMENT = "evidence/7f3a/attachments/scan.pdf";

/** What holds on every store. */
const EVIDENCE: DecisionTable = {
  "deny DenyEvidenceWithoutCondition": [
    ["a bundle, new or not", MEMBER, "PutObject", BUNDLE],
    ["an attachment, new or not", MEMBER, "PutObject", ATTACHMENT],
    ["a bundle over another", MEMBER, "PutObject", BUNDLE, IF_SAME],
    ["an attachment of a stranger", STRANGER, "PutObject", ATTACHMENT],
    ["an attachment of nobody", "anonymous", "PutObject", ATTACHMENT],
    ["an attachment from an upload", MEMBER, "CompleteMultipartUpload", ATTACHMENT],
    ["an upload over an attachment", MEMBER, "CompleteMultipartUpload", ATTACHMENT, IF_SAME],
    ["an attachment from a copy", MEMBER, "CopyObject", ATTACHMENT],
    [
      "an attachment from a form, which obeys no condition",
      MEMBER,
      "PostObject",
      ATTACHMENT,
      IF_NEW,
    ],
    [
      "what is called as the head of events is",
      MEMBER,
      "PutObject",
      "evidence/_head.json",
      IF_SAME,
    ],
  ],
  "deny DenyDeletionOfEvidence": [
    ["a bundle's deletion", MEMBER, "DeleteObject", BUNDLE],
    ["an attachment's deletion if it is the same", MEMBER, "DeleteObject", ATTACHMENT, IF_SAME],
    ["an attachment's deletion among others", MEMBER, "DeleteObjects", ATTACHMENT],
    ["a version's deletion", MEMBER, "s3:DeleteObjectVersion", BUNDLE],
    ["a bundle's deletion by nobody", "anonymous", "DeleteObject", BUNDLE],
  ],
  "deny DenyExpiryOfEvidence": [
    ["rules by which objects expire", MEMBER, "PutBucketLifecycleConfiguration", ""],
  ],
  "deny DenyLiftingTheEvidencePolicy": [
    ["another policy", MEMBER, "PutBucketPolicy", ""],
    ["no policy", MEMBER, "DeleteBucketPolicy", ""],
  ],
  default: [
    ["a new bundle", MEMBER, "PutObject", BUNDLE, IF_NEW],
    ["a new attachment from an upload", MEMBER, "CompleteMultipartUpload", ATTACHMENT, IF_NEW],
    ["a new attachment from a copy", MEMBER, "CopyObject", ATTACHMENT, IF_NEW],
    ["the begin of an upload", MEMBER, "CreateMultipartUpload", ATTACHMENT],
    ["a part", MEMBER, "UploadPart", ATTACHMENT],
    ["a bundle's reading", MEMBER, "GetObject", BUNDLE],
    ["a write elsewhere", MEMBER, "PutObject", "elsewhere/k"],
    ["a write elsewhere over what is known", MEMBER, "PutObject", "elsewhere/k", IF_SAME],
    ["a deletion elsewhere", MEMBER, "DeleteObject", "elsewhere/k"],
  ],
};

decisionTable("evidence-write-once.json", EVIDENCE);

decisionTable("aws/evidence-write-once.json", {
  ...EVIDENCE,
  "deny DenyOtherWaysIntoEvidence": [
    ["a replica over a bundle", MEMBER, "s3:ReplicateObject", BUNDLE],
    ["a bundle's deletion as elsewhere", MEMBER, "s3:ReplicateDelete", BUNDLE],
    ["a bundle under another key", BUCKET_ADMIN, "s3:UpdateObjectEncryption", BUNDLE],
  ],
  default: [
    ...EVIDENCE.default ?? [],
    ["another policy of the bucket's admin", BUCKET_ADMIN, "PutBucketPolicy", ""],
    [
      "rules by which objects expire, of the admin",
      BUCKET_ADMIN,
      "PutBucketLifecycleConfiguration",
      "",
    ],
  ],
});

decisionTable("minio/evidence-never-deleted.json", {
  "allow AllowWritingAndReadingEvidence": [
    ["a new bundle", OPERATOR, "PutObject", BUNDLE, IF_NEW],
    ["a bundle over another, of which a version remains", OPERATOR, "PutObject", BUNDLE],
    ["an upload", OPERATOR, "CreateMultipartUpload", ATTACHMENT],
    ["a bundle's reading", OPERATOR, "GetObject", BUNDLE],
  ],
  "allow AllowListingEvidence": [
    ["a list of evidence", OPERATOR, "ListObjectsV2", "", { query: { prefix: "evidence/7f3a/" } }],
  ],
  "deny DenyDeletionOfEvidence": [
    ["a bundle's deletion", OPERATOR, "DeleteObject", BUNDLE],
    ["a bundle's deletion by a member", MEMBER, "DeleteObject", BUNDLE],
    ["an attachment's deletion among others", MEMBER, "DeleteObjects", ATTACHMENT],
    ["a version's deletion", MEMBER, "s3:DeleteObjectVersion", BUNDLE],
    ["the deletion of all by the prefix alone", MEMBER, "DeleteObject", "evidence"],
    ["a way past retention", MEMBER, "s3:BypassGovernanceRetention", BUNDLE],
  ],
  "deny DenyDroppingVersionsOfEvidence": [
    ["the bucket's deletion", MEMBER, "DeleteBucket", ""],
    ["the end of versions", MEMBER, "PutBucketVersioning", ""],
    ["rules by which objects expire", MEMBER, "PutBucketLifecycleConfiguration", ""],
  ],
  default: [
    ["a list of all", OPERATOR, "ListObjectsV2", ""],
    ["a write elsewhere", OPERATOR, "PutObject", "elsewhere/k"],
    ["a deletion elsewhere", MEMBER, "DeleteObject", "elsewhere/k"],
  ],
});
