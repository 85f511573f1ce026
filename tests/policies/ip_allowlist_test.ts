import { type DecisionTable, decisionTable, MEMBER, STRANGER } from "./decision_table.ts";

const ADDRESSES: DecisionTable = {
  "deny DenyOtherNetworks": [
    ["an address beside the range", MEMBER, "GetObject", "k", { ip: "192.0.3.0" }],
    ["another address", MEMBER, "PutObject", "k", { ip: "203.0.113.7" }],
    ["an IPv6 address beside the range", MEMBER, "GetObject", "k", { ip: "2001:db9::1" }],
    ["the same machine", MEMBER, "GetObject", "k", { ip: "127.0.0.1" }],
    ["a list from elsewhere", MEMBER, "ListObjectsV2", "", { ip: "203.0.113.7" }],
    ["a deletion from elsewhere", MEMBER, "DeleteObject", "k", { ip: "203.0.113.7" }],
    ["another policy from elsewhere", MEMBER, "PutBucketPolicy", "", { ip: "203.0.113.7" }],
    ["a stranger from elsewhere", STRANGER, "GetObject", "k", { ip: "203.0.113.7" }],
    ["nobody from elsewhere", "anonymous", "GetObject", "k", { ip: "203.0.113.7" }],
    ["one who says to be from inside", MEMBER, "GetObject", "k", {
      ip: "203.0.113.7",
      headers: { "x-forwarded-for": "192.0.2.1" },
    }],
  ],
  default: [
    ["the first address", MEMBER, "GetObject", "k", { ip: "192.0.2.0" }],
    ["the last address", MEMBER, "GetObject", "k", { ip: "192.0.2.255" }],
    ["an IPv6 address", MEMBER, "PutObject", "k", { ip: "2001:db8:ffff::1" }],
    ["an IPv4 address in the form of IPv6", MEMBER, "GetObject", "k", { ip: "::ffff:192.0.2.1" }],
    ["a list from inside", MEMBER, "ListObjectsV2", "", { ip: "192.0.2.1" }],
    ["a stranger from inside", STRANGER, "GetObject", "k", { ip: "192.0.2.1" }],
    ["nobody from inside", "anonymous", "GetObject", "k", { ip: "192.0.2.1" }],
  ],
};

decisionTable("ip-allowlist.json", ADDRESSES);

// What came through a VPC endpoint or from a service of AWS nobody can be asked about here.
decisionTable("aws/ip-allowlist.json", ADDRESSES);
