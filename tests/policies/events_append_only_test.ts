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

const EVENT = "events/00000001.json";
const HEAD = "events/_head.json";
const CHECKPOINT = "events/_tlog/checkpoint";
const TILE = "events/_tlog/tile/0/000";

const BOTH = { headers: { ...IF_NEW.headers, ...IF_SAME.headers } };

/** A copy's condition on what it copies from. */
const SOURCE_CHANGED = {
  headers: { "x-amz-copy-source": "b/k", "x-amz-copy-source-if-none-match": "*" },
};

/** What holds on every store. */
const EVENTS: DecisionTable = {
  "allow AllowNewEvents": [
    ["a new event", MEMBER, "PutObject", EVENT, IF_NEW],
    ["a new event in a folder", MEMBER, "PutObject", "events/a/1.json", IF_NEW],
    ["a new event from a multipart upload", MEMBER, "CompleteMultipartUpload", EVENT, IF_NEW],
    ["a new event from a copy", MEMBER, "CopyObject", EVENT, IF_NEW],
    ["the first head", MEMBER, "PutObject", HEAD, IF_NEW],
    ["the first checkpoint", MEMBER, "PutObject", CHECKPOINT, IF_NEW],
    ["a tile", MEMBER, "PutObject", TILE, IF_NEW],
  ],
  "deny DenyEventsWithoutCondition": [
    ["an event, new or not", MEMBER, "PutObject", EVENT],
    ["an event in a folder", MEMBER, "PutObject", "events/a/1.json"],
    ["an event of a stranger", STRANGER, "PutObject", EVENT],
    ["an event of nobody", "anonymous", "PutObject", EVENT],
    ["an event from a multipart upload", MEMBER, "CompleteMultipartUpload", EVENT],
    ["an event from a copy", MEMBER, "CopyObject", EVENT],
    ["an event from a copy if its source changed", MEMBER, "CopyObject", EVENT, SOURCE_CHANGED],
    ["an event from a form, which obeys no condition", MEMBER, "PostObject", EVENT, IF_NEW],
    ["a head", MEMBER, "PutObject", HEAD],
    ["a checkpoint", MEMBER, "PutObject", CHECKPOINT],
    ["a head from a copy", MEMBER, "CopyObject", HEAD],
  ],
  "deny DenyIfMatchButOnTheHeads": [
    ["an event over another", MEMBER, "PutObject", EVENT, IF_SAME],
    ["an event over another, as if new", MEMBER, "PutObject", EVENT, BOTH],
    ["a tile over another", MEMBER, "PutObject", TILE, IF_SAME],
    ["an upload over an event", MEMBER, "CompleteMultipartUpload", EVENT, IF_SAME],
    ["a copy over an event", MEMBER, "CopyObject", EVENT, IF_SAME],
    [
      "what is called as the head is, in a folder",
      MEMBER,
      "PutObject",
      "events/a/_head.json",
      IF_SAME,
    ],
    ["what only begins as the head does", MEMBER, "PutObject", `${HEAD}.bak`, IF_SAME],
    ["If-Match elsewhere, which is the price", MEMBER, "PutObject", "elsewhere/k", IF_SAME],
  ],
  "deny DenyDeletionOfEvents": [
    ["an event's deletion", MEMBER, "DeleteObject", EVENT],
    ["an event's deletion if it is the same", MEMBER, "DeleteObject", EVENT, IF_SAME],
    ["an event's deletion among others", MEMBER, "DeleteObjects", EVENT],
    ["a version's deletion", MEMBER, "s3:DeleteObjectVersion", EVENT],
    ["the head's deletion", MEMBER, "DeleteObject", HEAD],
    ["the checkpoint's deletion", MEMBER, "DeleteObject", CHECKPOINT],
    ["an event's deletion by a stranger", STRANGER, "DeleteObject", EVENT],
    ["an event's deletion by nobody", "anonymous", "DeleteObject", EVENT],
  ],
  "deny DenyExpiryOfEvents": [
    ["rules by which objects expire", MEMBER, "PutBucketLifecycleConfiguration", ""],
  ],
  "deny DenyLiftingTheEventsPolicy": [
    ["another policy", MEMBER, "PutBucketPolicy", ""],
    ["no policy", MEMBER, "DeleteBucketPolicy", ""],
  ],
  default: [
    ["a new event of a stranger", STRANGER, "PutObject", EVENT, IF_NEW],
    ["a new event of nobody", "anonymous", "PutObject", EVENT, IF_NEW],
    ["a head over the one that is known", MEMBER, "PutObject", HEAD, IF_SAME],
    ["a checkpoint over the one that is known", MEMBER, "PutObject", CHECKPOINT, IF_SAME],
    ["the begin of a multipart upload", MEMBER, "CreateMultipartUpload", EVENT],
    ["a part", MEMBER, "UploadPart", EVENT],
    ["a part from a copy", MEMBER, "UploadPartCopy", EVENT],
    ["an upload's end without an object", MEMBER, "AbortMultipartUpload", EVENT],
    ["an event's reading", MEMBER, "GetObject", EVENT],
    ["an event's reading by nobody", "anonymous", "GetObject", EVENT],
    ["a list of events", MEMBER, "ListObjectsV2", "", { query: { prefix: "events/" } }],
    ["a look at the policy", MEMBER, "GetBucketPolicy", ""],
    ["a write elsewhere", MEMBER, "PutObject", "elsewhere/k"],
    ["a write beside the prefix", MEMBER, "PutObject", "events.json"],
    ["a write to another prefix, in capitals", MEMBER, "PutObject", "Events/1.json"],
    ["a deletion elsewhere", MEMBER, "DeleteObject", "elsewhere/k"],
  ],
};

decisionTable("events-append-only.json", EVENTS);

decisionTable("aws/events-append-only.json", {
  ...EVENTS,
  "deny DenyOtherWaysIntoEvents": [
    ["a replica over an event", MEMBER, "s3:ReplicateObject", EVENT],
    ["an event's deletion as elsewhere", MEMBER, "s3:ReplicateDelete", EVENT],
    ["an event under another key", MEMBER, "s3:UpdateObjectEncryption", EVENT],
    ["an event under another key by the admin", BUCKET_ADMIN, "s3:UpdateObjectEncryption", EVENT],
  ],
  "deny DenyEventsWithoutCondition": [
    ...EVENTS["deny DenyEventsWithoutCondition"] ?? [],
    ["an event of the bucket's admin", BUCKET_ADMIN, "PutObject", EVENT],
  ],
  default: [
    ...EVENTS.default ?? [],
    ["another policy of the bucket's admin", BUCKET_ADMIN, "PutBucketPolicy", ""],
    ["no policy, by the bucket's admin", BUCKET_ADMIN, "DeleteBucketPolicy", ""],
    [
      "rules by which objects expire, of the admin",
      BUCKET_ADMIN,
      "PutBucketLifecycleConfiguration",
      "",
    ],
    ["a replica elsewhere", MEMBER, "s3:ReplicateObject", "elsewhere/k"],
  ],
});

decisionTable("minio/events-never-deleted.json", {
  "allow AllowWritingAndReadingEvents": [
    ["a new event", OPERATOR, "PutObject", EVENT, IF_NEW],
    ["an event over another, which only its version survives", OPERATOR, "PutObject", EVENT],
    ["an upload", OPERATOR, "CreateMultipartUpload", EVENT],
    ["an upload's end without an object", OPERATOR, "AbortMultipartUpload", EVENT],
    ["a list of its parts", OPERATOR, "ListParts", EVENT],
    ["an event's reading", OPERATOR, "GetObject", EVENT],
    ["a version's reading", OPERATOR, "s3:GetObjectVersion", EVENT],
  ],
  "allow AllowListingEvents": [
    ["a list of events", OPERATOR, "ListObjectsV2", "", { query: { prefix: "events/" } }],
    ["a list of versions", OPERATOR, "ListObjectVersions", "", { query: { prefix: "events/" } }],
  ],
  "deny DenyDeletionOfEvents": [
    ["an event's deletion", OPERATOR, "DeleteObject", EVENT],
    ["an event's deletion by a member", MEMBER, "DeleteObject", EVENT],
    ["an event's deletion among others", OPERATOR, "DeleteObjects", EVENT],
    ["a version's deletion", OPERATOR, "s3:DeleteObjectVersion", EVENT],
    ["the deletion of all by the prefix alone", MEMBER, "DeleteObject", "events"],
    ["a way past retention", MEMBER, "s3:BypassGovernanceRetention", EVENT],
    ["an event's deletion as elsewhere", MEMBER, "s3:ReplicateDelete", EVENT],
    ["a replica over an event", MEMBER, "s3:ReplicateObject", EVENT],
  ],
  "deny DenyDroppingVersionsOfEvents": [
    ["the bucket's deletion", MEMBER, "DeleteBucket", ""],
    ["the end of versions", MEMBER, "PutBucketVersioning", ""],
    ["rules by which objects expire", MEMBER, "PutBucketLifecycleConfiguration", ""],
  ],
  default: [
    ["a list of all", OPERATOR, "ListObjectsV2", ""],
    ["a write elsewhere", OPERATOR, "PutObject", "elsewhere/k"],
    ["a deletion elsewhere", MEMBER, "DeleteObject", "elsewhere/k"],
    ["reading elsewhere", OPERATOR, "GetObject", "elsewhere/k"],
    ["another policy", OPERATOR, "PutBucketPolicy", ""],
  ],
});
