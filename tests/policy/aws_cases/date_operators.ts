import { allowWhen, type AwsCase, decisions, get, refusals } from "./aws_case.ts";
import { CONDITION, GLOBAL_KEYS, OPERATORS } from "./pages.ts";

const NOON = "2026-01-15T12:00:00Z";
const AT_NOON = get("k", { at: NOON });
const BEFORE = get("k", { at: "2026-01-15T11:59:59Z" });
const AFTER = get("k", { at: "2026-01-15T12:00:01Z" });

/** "Date condition operators": before, at and after an instant, however it is written. */
export const DATE_OPERATORS: readonly AwsCase[] = [
  ...decisions(OPERATORS, allowWhen({ DateEquals: { "aws:CurrentTime": NOON } }), [
    ["DateEquals holds at the instant", AT_NOON, "allow"],
    ["DateEquals does not hold a second later", AFTER, "default"],
  ]),
  ...decisions(OPERATORS, allowWhen({ DateNotEquals: { "aws:CurrentTime": NOON } }), [
    ["DateNotEquals does not hold at the instant", AT_NOON, "default"],
    ["DateNotEquals holds a second before", BEFORE, "allow"],
  ]),
  ...decisions(OPERATORS, allowWhen({ DateLessThan: { "aws:CurrentTime": NOON } }), [
    ["DateLessThan holds before the instant", BEFORE, "allow"],
    ["DateLessThan does not hold at the instant", AT_NOON, "default"],
  ]),
  ...decisions(OPERATORS, allowWhen({ DateLessThanEquals: { "aws:CurrentTime": NOON } }), [
    ["DateLessThanEquals holds at the instant", AT_NOON, "allow"],
    ["DateLessThanEquals does not hold after the instant", AFTER, "default"],
  ]),
  ...decisions(OPERATORS, allowWhen({ DateGreaterThan: { "aws:CurrentTime": NOON } }), [
    ["DateGreaterThan holds after the instant", AFTER, "allow"],
    ["DateGreaterThan does not hold at the instant", AT_NOON, "default"],
  ]),
  ...decisions(OPERATORS, allowWhen({ DateGreaterThanEquals: { "aws:CurrentTime": NOON } }), [
    ["DateGreaterThanEquals holds at the instant", AT_NOON, "allow"],
    ["DateGreaterThanEquals does not hold before the instant", BEFORE, "default"],
  ]),
  ...decisions(
    OPERATORS,
    allowWhen({ DateEquals: { "aws:CurrentTime": "2026-01-15T13:00:00+01:00" } }),
    [
      ["a date may be written with the offset of its zone", AT_NOON, "allow"],
      [
        "the offset of a zone is not overlooked",
        get("k", { at: "2026-01-15T13:00:00Z" }),
        "default",
      ],
    ],
  ),
  ...decisions(OPERATORS, allowWhen({ DateEquals: { "aws:CurrentTime": "2026-01-15T12:00Z" } }), [
    ["a date may be written without seconds", AT_NOON, "allow"],
  ]),
  ...decisions(OPERATORS, allowWhen({ DateLessThan: { "aws:CurrentTime": "2026-01-15" } }), [
    ["a date without a time is when the day begins", AT_NOON, "default"],
    ["the day before is before it", get("k", { at: "2026-01-14T23:59:59Z" }), "allow"],
  ]),
  ...decisions(OPERATORS, allowWhen({ DateGreaterThanEquals: { "aws:CurrentTime": "2026-01" } }), [
    ["a month is when its first day begins", AT_NOON, "allow"],
    ["the month before is before it", get("k", { at: "2025-12-31T23:59:59Z" }), "default"],
  ]),
  ...decisions(OPERATORS, allowWhen({ DateEquals: { "aws:CurrentTime": "1768478400" } }), [
    ["a date may be written in seconds since 1970", AT_NOON, "allow"],
    ["seconds since 1970 are compared to the second", AFTER, "default"],
  ]),
  ...decisions(GLOBAL_KEYS, allowWhen({ DateLessThan: { "aws:EpochTime": NOON } }), [
    ["the time in seconds may be compared with a date, before it", BEFORE, "allow"],
    ["the time in seconds may be compared with a date, after it", AFTER, "default"],
  ]),
  ...decisions(
    OPERATORS,
    allowWhen({ DateGreaterThan: { "aws:TokenIssueTime": "2020-01-01T00:00:01Z" } }),
    [["an access key has no time of issue, so no date is after another", AT_NOON, "default"]],
  ),
  ...decisions(
    OPERATORS,
    allowWhen({ DateNotEquals: { "aws:TokenIssueTime": "2020-01-01T00:00:01Z" } }),
    [["a negated date operator holds for an absent key", AT_NOON, "allow"]],
  ),
  ...decisions(
    CONDITION,
    allowWhen({ DateGreaterThan: { "AWS:currenttime": "2013-12-15T12:00:00Z" } }),
    [
      ["a policy may begin to apply at a time", AT_NOON, "allow"],
      ["it does not apply earlier", get("k", { at: "2013-12-15T11:00:00Z" }), "default"],
    ],
  ),
  ...refusals(OPERATORS, [
    ["a date has no wildcards", allowWhen({ DateLessThan: { "aws:CurrentTime": "2026-*" } })],
  ]),
];
