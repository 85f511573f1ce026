import assert from "node:assert/strict";
import { parseDuration } from "../../src/config/duration.ts";

const DURATIONS: readonly (readonly [string, number | undefined])[] = [
  ["30s", 30_000],
  ["1h30m", 5_400_000],
  ["1.5s", 1_500],
  [".5m", 30_000],
  ["250ms", 250],
  ["2h45m30.5s", 9_930_500],
  ["1000us", 1],
  ["0", 0],
  ["", undefined],
  ["30", undefined],
  ["s", undefined],
  ["1d", undefined],
  ["-1s", undefined],
  ["1s ", undefined],
  ["1s2", undefined],
];

for (const [written, milliseconds] of DURATIONS) {
  Deno.test(`the duration "${written}" is ${milliseconds ?? "refused"}`, () => {
    assert.equal(parseDuration(written), milliseconds);
  });
}
