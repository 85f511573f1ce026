import { allowWhen, type AwsCase, decisions, denyWhen, get, list } from "./aws_case.ts";
import { GLOBAL_KEYS, KEY_EXAMPLES, OPERATORS } from "./pages.ts";

/** "Numeric condition operators", with the number of keys that a listing asks for. */
export const NUMERIC_OPERATORS: readonly AwsCase[] = [
  ...decisions(OPERATORS, allowWhen({ NumericEquals: { "s3:max-keys": "10" } }), [
    ["NumericEquals holds for the same number", list({ "max-keys": "10" }), "allow"],
    ["NumericEquals does not hold for another number", list({ "max-keys": "100" }), "default"],
  ]),
  ...decisions(OPERATORS, allowWhen({ NumericEquals: { "s3:max-keys": "10.0" } }), [
    [
      "NumericEquals compares numbers, not how they are written",
      list({ "max-keys": "10" }),
      "allow",
    ],
  ]),
  ...decisions(OPERATORS, allowWhen({ NumericNotEquals: { "s3:max-keys": "10" } }), [
    ["NumericNotEquals does not hold for the same number", list({ "max-keys": "10" }), "default"],
    ["NumericNotEquals holds for another number", list({ "max-keys": "11" }), "allow"],
    ["NumericNotEquals holds where the action has no such key", get("k"), "allow"],
  ]),
  ...decisions(OPERATORS, allowWhen({ NumericLessThan: { "s3:max-keys": "10" } }), [
    [
      "NumericLessThan holds for one less, whose digit sorts later",
      list({ "max-keys": "9" }),
      "allow",
    ],
    ["NumericLessThan does not hold for the same number", list({ "max-keys": "10" }), "default"],
    ["NumericLessThan does not hold for a longer number", list({ "max-keys": "1000" }), "default"],
  ]),
  ...decisions(OPERATORS, allowWhen({ NumericLessThanEquals: { "s3:max-keys": "10" } }), [
    ["NumericLessThanEquals holds for the same number", list({ "max-keys": "10" }), "allow"],
    ["NumericLessThanEquals holds for less", list({ "max-keys": "1" }), "allow"],
    ["NumericLessThanEquals does not hold for one more", list({ "max-keys": "11" }), "default"],
    ["an operation without a number of keys is not among those up to ten", get("k"), "default"],
  ]),
  ...decisions(OPERATORS, allowWhen({ NumericGreaterThan: { "s3:max-keys": "10" } }), [
    ["NumericGreaterThan holds for one more", list({ "max-keys": "11" }), "allow"],
    ["NumericGreaterThan does not hold for the same number", list({ "max-keys": "10" }), "default"],
    ["NumericGreaterThan does not hold for an absent key", get("k"), "default"],
  ]),
  ...decisions(OPERATORS, allowWhen({ NumericGreaterThanEquals: { "s3:max-keys": "10" } }), [
    ["NumericGreaterThanEquals holds for the same number", list({ "max-keys": "10" }), "allow"],
    ["NumericGreaterThanEquals does not hold for one less", list({ "max-keys": "9" }), "default"],
  ]),
  ...decisions(OPERATORS, allowWhen({ NumericLessThan: { "s3:max-keys": "10.5" } }), [
    ["a decimal number has integers below", list({ "max-keys": "10" }), "allow"],
    ["a decimal number has integers above", list({ "max-keys": "11" }), "default"],
  ]),
  ...decisions(KEY_EXAMPLES, denyWhen({ NumericGreaterThan: { "s3:max-keys": "10" } }), [
    ["a listing that names no number asks for a thousand", list(), "deny"],
    ["a listing of a few keys is not denied", list({ "max-keys": "5" }), "default"],
    ["a listing of versions has the key too", {
      action: "s3:ListBucketVersions",
      query: { "max-keys": "11" },
    }, "deny"],
  ]),
  ...decisions(GLOBAL_KEYS, allowWhen({ NumericGreaterThan: { "aws:EpochTime": "1768478400" } }), [
    [
      "the seconds since 1970 may be compared as a number, a second later",
      get("k", { at: "2026-01-15T12:00:01Z" }),
      "allow",
    ],
    [
      "the seconds since 1970 may be compared as a number, on the second",
      get("k", { at: "2026-01-15T12:00:00Z" }),
      "default",
    ],
  ]),
];
