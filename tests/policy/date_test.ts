import assert from "node:assert/strict";
import { parseDate } from "../../src/policy/date.ts";

const DATES: readonly (readonly [written: string, same: string])[] = [
  ["2026", "2026-01-01T00:00:00.000Z"],
  ["2026-05", "2026-05-01T00:00:00.000Z"],
  ["2026-05-04", "2026-05-04T00:00:00.000Z"],
  ["2024-02-29", "2024-02-29T00:00:00.000Z"],
  ["2026-05-04T03:02Z", "2026-05-04T03:02:00.000Z"],
  ["2026-05-04T03:02:01Z", "2026-05-04T03:02:01.000Z"],
  ["2026-05-04T03:02:01.5Z", "2026-05-04T03:02:01.500Z"],
  ["2026-05-04T03:02:01.123456789Z", "2026-05-04T03:02:01.123Z"],
  ["2026-05-04T03:02:01+02:00", "2026-05-04T01:02:01.000Z"],
  ["2026-05-04T03:02-05:30", "2026-05-04T08:32:00.000Z"],
  ["0", "1970-01-01T00:00:00.000Z"],
  ["86400", "1970-01-02T00:00:00.000Z"],
  ["1767225600", "2026-01-01T00:00:00.000Z"],
  ["1767225600.25", "2026-01-01T00:00:00.250Z"],
];

Deno.test("dates are read in the W3C's forms and as seconds since 1970", async (t) => {
  for (const [written, same] of DATES) {
    await t.step(written, () => {
      assert.equal(new Date(parseDate(written) ?? NaN).toISOString(), same);
    });
  }
});

Deno.test("what is no date is not read", async (t) => {
  const wrong = [
    "",
    "*",
    "today",
    "-1",
    "1e9",
    "2026-5-4",
    "2026-13",
    "2026-00",
    "2026-02-30",
    "2025-02-29",
    "2026-05-04T03:02",
    "2026-05-04T03Z",
    "2026-05-04T24:00Z",
    "2026-05-04T03:60Z",
    "2026-05-04T03:02:60Z",
    "2026-05-04T03:02:01+24:00",
    "2026-05-04T03:02:01+0200",
    "2026-05-04t03:02:01z",
    "2026-05-04 03:02:01Z",
    "20260504T030201Z",
    " 2026",
    "2026\n",
    "1".repeat(13),
  ];
  for (const text of wrong) {
    await t.step(JSON.stringify(text), () => assert.equal(parseDate(text), undefined));
  }
});
