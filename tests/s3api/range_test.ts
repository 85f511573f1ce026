import assert from "node:assert/strict";
import fc from "fast-check";
import { chooseRange, contentRange } from "../../src/s3api/range.ts";
import { S3Error } from "../../src/s3api/errors.ts";

type Expected = readonly [start: number, end: number] | "all" | "416";

const CASES: readonly [header: string | null, size: number, Expected][] = [
  [null, 10, "all"],
  ["bytes=0-0", 10, [0, 0]],
  ["bytes=2-5", 10, [2, 5]],
  ["bytes=5-", 10, [5, 9]],
  ["bytes=-3", 10, [7, 9]],
  ["bytes=-100", 10, [0, 9]],
  ["bytes=0-100", 10, [0, 9]],
  ["bytes=9-99999999999999999999", 10, [9, 9]],
  ["Bytes = 1-2 ", 10, [1, 2]],
  ["bytes=10-", 10, "416"],
  ["bytes=10-20", 10, "416"],
  ["bytes=-0", 10, "416"],
  ["bytes=0-", 0, "416"],
  ["bytes=-1", 0, "416"],
  ["bytes=5-2", 10, "all"],
  ["bytes=0-1,3-4", 10, "all"],
  ["bytes=-", 10, "all"],
  ["bytes=a-b", 10, "all"],
  ["bytes 0-1", 10, "all"],
  ["items=0-1", 10, "all"],
  ["", 10, "all"],
];

for (const [header, size, expected] of CASES) {
  Deno.test(`chooseRange: ${header} of ${size} bytes → ${expected}`, () => {
    if (expected === "416") {
      assert.throws(
        () => chooseRange(header, size),
        (error) =>
          error instanceof S3Error && error.code === "InvalidRange" &&
          error.headers["content-range"] === `bytes */${size}` &&
          error.detail.ActualObjectSize === String(size),
      );
    } else {
      const range = expected === "all" ? undefined : { start: expected[0], end: expected[1] };
      assert.deepEqual(chooseRange(header, size), range);
    }
  });
}

Deno.test("chooseRange never chooses a byte that is not there", () => {
  fc.assert(fc.property(fc.nat(), fc.nat(), fc.nat(1_000), (a, b, size) => {
    for (const header of [`bytes=${a}-${b}`, `bytes=${a}-`, `bytes=-${b}`]) {
      try {
        const range = chooseRange(header, size);
        if (range === undefined) continue;
        assert(range.start >= 0 && range.start <= range.end && range.end < size);
      } catch (error) {
        assert(error instanceof S3Error && error.code === "InvalidRange");
      }
    }
  }));
});

Deno.test("contentRange names first, last and size", () => {
  assert.equal(contentRange({ start: 2, end: 5 }, 10), "bytes 2-5/10");
});
