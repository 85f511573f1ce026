import { type DecisionTable, decisionTable, MEMBER, STRANGER } from "./decision_table.ts";

const PLAIN = { tls: false };

const REQUESTS: DecisionTable = {
  "deny DenyPlainHttp": [
    ["a read in plain", MEMBER, "GetObject", "k", PLAIN],
    ["a write in plain", MEMBER, "PutObject", "k", PLAIN],
    ["a copy in plain", MEMBER, "CopyObject", "k", PLAIN],
    ["a part in plain", MEMBER, "UploadPart", "k", PLAIN],
    ["a form in plain", MEMBER, "PostObject", "k", PLAIN],
    ["a deletion in plain", MEMBER, "DeleteObject", "k", PLAIN],
    ["a list in plain", MEMBER, "ListObjectsV2", "", PLAIN],
    ["another policy in plain", MEMBER, "PutBucketPolicy", "", PLAIN],
    ["a stranger in plain", STRANGER, "GetObject", "k", PLAIN],
    ["nobody in plain", "anonymous", "GetObject", "k", PLAIN],
    ["one who says to have come over TLS", MEMBER, "GetObject", "k", {
      tls: false,
      headers: { "x-forwarded-proto": "https" },
    }],
  ],
  default: [
    ["a read over TLS", MEMBER, "GetObject", "k"],
    ["a write over TLS", MEMBER, "PutObject", "k"],
    ["a list over TLS", MEMBER, "ListObjectsV2", ""],
    ["a stranger over TLS", STRANGER, "GetObject", "k"],
    ["nobody over TLS", "anonymous", "GetObject", "k"],
  ],
};

decisionTable("tls-only.json", REQUESTS);

decisionTable("minio/tls-only.json", REQUESTS);
