import {
  allow,
  allowWhen,
  type AwsCase,
  decisions,
  deny,
  denyWhen,
  get,
  list,
  policy,
  put,
} from "./aws_case.ts";
import { BUCKET_EXAMPLES, GLOBAL_KEYS, OPERATORS } from "./pages.ts";

/** "Boolean condition operators" and "Binary condition operators". */
export const BOOL_AND_BINARY_OPERATORS: readonly AwsCase[] = [
  ...decisions(OPERATORS, denyWhen({ Bool: { "aws:SecureTransport": "false" } }), [
    ["what comes without TLS is denied", get("k", { tls: false }), "deny"],
    ["the bucket itself is denied without TLS", { ...list(), tls: false }, "deny"],
    ["a policy that only denies lets nobody in over TLS", get("k", { tls: true }), "default"],
  ]),
  ...decisions(OPERATORS, allowWhen({ Bool: { "aws:SecureTransport": "true" } }), [
    ["Bool holds for what is true", get("k", { tls: true }), "allow"],
    ["Bool does not hold for what is false", get("k", { tls: false }), "default"],
  ]),
  ...decisions(
    BUCKET_EXAMPLES,
    policy(
      allow({ Action: "s3:GetObject" }),
      deny({ Condition: { Bool: { "aws:SecureTransport": "false" } } }),
    ),
    [
      ["what is public may be read over HTTPS", get("k", { as: "anonymous" }), "allow"],
      [
        "what is public may not be read over HTTP",
        get("k", { as: "anonymous", tls: false }),
        "deny",
      ],
      [
        "nor may who has the bucket write over HTTP",
        put("k", {}, { as: { name: "alice", isMember: true }, tls: false }),
        "deny",
      ],
    ],
  ),
  ...decisions(GLOBAL_KEYS, allowWhen({ Bool: { "aws:MultiFactorAuthPresent": "true" } }), [
    ["an access key shows no second factor, so Bool does not let it in", get("k"), "default"],
  ]),
  ...decisions(GLOBAL_KEYS, denyWhen({ Bool: { "aws:MultiFactorAuthPresent": "false" } }), [
    ["nor does Bool keep an access key out, whose key is absent", get("k"), "default"],
  ]),
  ...decisions(OPERATORS, allowWhen({ BinaryEquals: { "s3:prefix": "aG9tZS8=" } }), [
    [
      "BinaryEquals holds for the bytes that the Base64 stands for",
      list({ prefix: "home/" }),
      "allow",
    ],
    ["BinaryEquals compares byte for byte", list({ prefix: "Home/" }), "default"],
    ["BinaryEquals does not hold for the Base64 itself", list({ prefix: "aG9tZS8=" }), "default"],
    ["BinaryEquals does not hold for an absent key", list(), "default"],
  ]),
];
