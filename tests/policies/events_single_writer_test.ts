import {
  BUCKET_ADMIN,
  type DecisionTable,
  decisionTable,
  IF_NEW,
  MEMBER,
  OPERATOR,
  STRANGER,
} from "./decision_table.ts";

const EVENT = "events/00000001.json";
const HEAD = "events/_head.json";

/** As an operator that has the bucket besides. */
const MEMBER_OPERATOR = { ...OPERATOR, isMember: true };

/** Whose name only begins as the operator's does. */
const NAMESAKE = { name: "operator2", isMember: true };

const EVENTS_LISTED = { query: { prefix: "events/" } };

/** What holds on every store. */
const EVERYWHERE: DecisionTable = {
  "allow AllowTheOperatorOnEvents": [
    ["the operator's new event", OPERATOR, "PutObject", EVENT, IF_NEW],
    ["the operator's event", OPERATOR, "PutObject", EVENT],
    ["an event of the operator as a member", MEMBER_OPERATOR, "PutObject", EVENT],
    ["the operator's head", OPERATOR, "PutObject", HEAD],
    ["the operator's copy", OPERATOR, "CopyObject", EVENT],
    ["the operator's upload", OPERATOR, "CreateMultipartUpload", EVENT],
    ["a part of the operator's", OPERATOR, "UploadPart", EVENT],
    ["the end of the operator's upload", OPERATOR, "CompleteMultipartUpload", EVENT],
    ["the operator's change of mind", OPERATOR, "AbortMultipartUpload", EVENT],
    ["the operator's look at its parts", OPERATOR, "ListParts", EVENT],
    ["the operator's reading", OPERATOR, "GetObject", EVENT],
    ["the operator's deletion", OPERATOR, "DeleteObject", EVENT],
  ],
  "allow AllowTheOperatorToListEvents": [
    ["the operator's list of events", OPERATOR, "ListObjectsV2", "", EVENTS_LISTED],
  ],
  "deny DenyOthersAllButReadingEvents": [
    ["another's new event", MEMBER, "PutObject", EVENT, IF_NEW],
    ["another's event", MEMBER, "PutObject", EVENT],
    ["an event of one with nearly that name", NAMESAKE, "PutObject", EVENT],
    ["a stranger's event", STRANGER, "PutObject", EVENT],
    ["nobody's event", "anonymous", "PutObject", EVENT],
    ["another's head", MEMBER, "PutObject", HEAD],
    ["another's copy", MEMBER, "CopyObject", EVENT],
    ["another's form", MEMBER, "PostObject", EVENT],
    ["another's upload", MEMBER, "CreateMultipartUpload", EVENT],
    ["a part of another's", MEMBER, "UploadPart", EVENT],
    ["a part from a copy", MEMBER, "UploadPartCopy", EVENT],
    ["the end of another's upload", MEMBER, "CompleteMultipartUpload", EVENT, IF_NEW],
    ["the end of the operator's upload by another", MEMBER, "AbortMultipartUpload", EVENT],
    ["another's deletion", MEMBER, "DeleteObject", EVENT],
    ["another's deletion among others", MEMBER, "DeleteObjects", EVENT],
    ["another's deletion of a version", MEMBER, "s3:DeleteObjectVersion", EVENT],
    ["nobody's deletion", "anonymous", "DeleteObject", EVENT],
    ["another's tags", MEMBER, "PutObjectTagging", EVENT],
    ["another's grants", MEMBER, "PutObjectAcl", EVENT],
    ["another's replica", MEMBER, "s3:ReplicateObject", EVENT],
  ],
  default: [
    ["another's reading", MEMBER, "GetObject", EVENT],
    ["another's list of events", MEMBER, "ListObjectsV2", "", EVENTS_LISTED],
    ["another's write elsewhere", MEMBER, "PutObject", "elsewhere/k"],
    ["the operator's write elsewhere", OPERATOR, "PutObject", "elsewhere/k"],
    ["the operator's list of all", OPERATOR, "ListObjectsV2", ""],
    ["a stranger's reading", STRANGER, "GetObject", EVENT],
    ["nobody's reading", "anonymous", "GetObject", EVENT],
  ],
};

decisionTable("events-single-writer.json", {
  ...EVERYWHERE,
  "deny DenyLiftingTheSingleWriterPolicy": [
    ["another's policy", MEMBER, "PutBucketPolicy", ""],
    ["the operator's policy", MEMBER_OPERATOR, "PutBucketPolicy", ""],
    ["no policy", MEMBER, "DeleteBucketPolicy", ""],
  ],
});

decisionTable("aws/events-single-writer.json", {
  ...EVERYWHERE,
  "deny DenyLiftingTheSingleWriterPolicy": [
    ["another's policy", MEMBER, "PutBucketPolicy", ""],
    ["the operator's policy", MEMBER_OPERATOR, "PutBucketPolicy", ""],
  ],
  default: [
    ...EVERYWHERE.default ?? [],
    ["the admin's policy", BUCKET_ADMIN, "PutBucketPolicy", ""],
    ["no policy, by the admin", BUCKET_ADMIN, "DeleteBucketPolicy", ""],
  ],
});

decisionTable("minio/events-single-writer.json", {
  ...EVERYWHERE,
  "deny DenyOthersAllButReadingEvents": [
    ...EVERYWHERE["deny DenyOthersAllButReadingEvents"] ?? [],
    ["another's deletion of all by the prefix alone", MEMBER, "DeleteObject", "events"],
  ],
  "deny DenyOthersWaysAroundThePrefix": [
    ["another's deletion of the bucket", MEMBER, "DeleteBucket", ""],
  ],
  default: [
    ...EVERYWHERE.default ?? [],
    ["the operator's deletion of the bucket", OPERATOR, "DeleteBucket", ""],
  ],
});
