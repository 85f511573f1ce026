import { decisionTable, MEMBER, STRANGER } from "./decision_table.ts";

const PAGE = "public/index.html";

decisionTable("public-read-prefix.json", {
  "allow AllowEverybodyToReadPublic": [
    ["nobody's reading", "anonymous", "GetObject", PAGE],
    ["nobody's look at the headers", "anonymous", "HeadObject", PAGE],
    ["a stranger's reading", STRANGER, "GetObject", PAGE],
    ["a member's reading", MEMBER, "GetObject", PAGE],
    ["nobody's reading over plain HTTP", "anonymous", "GetObject", PAGE, { tls: false }],
    ["nobody's reading in a folder", "anonymous", "GetObject", "public/css/a.css"],
  ],
  default: [
    ["nobody's reading elsewhere", "anonymous", "GetObject", "private/k"],
    ["nobody's reading beside the prefix", "anonymous", "GetObject", "public.html"],
    ["nobody's reading in capitals", "anonymous", "GetObject", "Public/index.html"],
    ["nobody's list", "anonymous", "ListObjectsV2", "", { query: { prefix: "public/" } }],
    ["nobody's list of uploads", "anonymous", "ListMultipartUploads", ""],
    ["nobody's write", "anonymous", "PutObject", PAGE],
    ["nobody's form", "anonymous", "PostObject", PAGE],
    ["nobody's deletion", "anonymous", "DeleteObject", PAGE],
    ["nobody's look at the policy", "anonymous", "GetBucketPolicy", ""],
    ["a stranger's list", STRANGER, "ListObjectsV2", "", { query: { prefix: "public/" } }],
    ["a member's write", MEMBER, "PutObject", PAGE],
  ],
});
