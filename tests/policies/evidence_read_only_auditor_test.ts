import {
  type DecisionTable,
  decisionTable,
  MEMBER,
  type Row,
  type User,
} from "./decision_table.ts";

const BUNDLE = "evidence/7f3a/bundle.json";

const AUDITOR: User = { name: "auditor", isMember: false };

/** As an auditor that has the bucket besides. */
const MEMBER_AUDITOR = { ...AUDITOR, isMember: true };

const EVIDENCE_LISTED = { query: { prefix: "evidence/7f3a/" } };

const READING: readonly Row[] = [
  ["the auditor's reading", AUDITOR, "GetObject", BUNDLE],
  ["the auditor's look at the headers", AUDITOR, "HeadObject", BUNDLE],
  ["the auditor's look at the checksum", AUDITOR, "GetObjectAttributes", BUNDLE],
];

const LISTING: readonly Row[] = [
  ["the auditor's list of evidence", AUDITOR, "ListObjectsV2", "", EVIDENCE_LISTED],
  ["the auditor's list in the old way", AUDITOR, "ListObjects", "", EVIDENCE_LISTED],
];

const CHANGES: readonly Row[] = [
  ["the auditor's write", AUDITOR, "PutObject", BUNDLE],
  ["a write of the auditor as a member", MEMBER_AUDITOR, "PutObject", BUNDLE],
  ["the auditor's write elsewhere", MEMBER_AUDITOR, "PutObject", "elsewhere/k"],
  ["the auditor's upload", MEMBER_AUDITOR, "CreateMultipartUpload", BUNDLE],
  ["the auditor's form", MEMBER_AUDITOR, "PostObject", BUNDLE],
  ["the auditor's copy", MEMBER_AUDITOR, "CopyObject", "elsewhere/k"],
  ["the auditor's deletion", MEMBER_AUDITOR, "DeleteObject", BUNDLE],
  ["the auditor's deletion of the bucket", MEMBER_AUDITOR, "DeleteBucket", ""],
  ["the auditor's policy", MEMBER_AUDITOR, "PutBucketPolicy", ""],
  ["the auditor's look at the policy", MEMBER_AUDITOR, "GetBucketPolicy", ""],
  ["the auditor's list of uploads", MEMBER_AUDITOR, "ListMultipartUploads", ""],
];

const READING_ELSEWHERE: readonly Row[] = [
  ["the auditor's reading elsewhere", AUDITOR, "GetObject", "events/1.json"],
  ["reading elsewhere of the auditor as a member", MEMBER_AUDITOR, "GetObject", "events/1.json"],
  ["the auditor's reading beside the prefix", MEMBER_AUDITOR, "GetObject", "evidence.json"],
];

const LISTING_ELSEWHERE: readonly Row[] = [
  ["the auditor's list of all", AUDITOR, "ListObjectsV2", ""],
  ["a list of all of the auditor as a member", MEMBER_AUDITOR, "ListObjectsV2", ""],
  ["the auditor's list of what begins alike", MEMBER_AUDITOR, "ListObjectsV2", "", {
    query: { prefix: "evidence" },
  }],
  ["the auditor's list of events", MEMBER_AUDITOR, "ListObjectsV2", "", {
    query: { prefix: "events/" },
  }],
];

decisionTable("evidence-read-only-auditor.json", {
  "allow AllowTheAuditorToReadEvidence": READING,
  "allow AllowTheAuditorToListEvidence": LISTING,
  "deny DenyTheAuditorAllButReading": CHANGES,
  "deny DenyTheAuditorToReadAnythingElse": READING_ELSEWHERE,
  "deny DenyTheAuditorToListAnythingElse": LISTING_ELSEWHERE,
  default: [
    ["another's reading", MEMBER, "GetObject", BUNDLE],
    ["another's write", MEMBER, "PutObject", BUNDLE],
    ["another's deletion", MEMBER, "DeleteObject", BUNDLE],
    ["another's list of all", MEMBER, "ListObjectsV2", ""],
    ["nobody's reading", "anonymous", "GetObject", BUNDLE],
    [
      "a reading of one with nearly that name",
      { name: "auditor2", isMember: false },
      "GetObject",
      BUNDLE,
    ],
  ],
});

// Whoever has it attached is an auditor, so there is nobody else to ask about.
const ATTACHED: DecisionTable = {
  "allow AllowToReadEvidence": READING,
  "allow AllowToListEvidence": LISTING,
  "deny DenyAllButReading": CHANGES,
  "deny DenyToReadAnythingElse": READING_ELSEWHERE,
  "deny DenyToListAnythingElse": LISTING_ELSEWHERE,
};

decisionTable("minio/evidence-read-only-auditor.json", ATTACHED);
