import assert from "node:assert/strict";
import { LARGEST_ENTRY, readBundle, writeBundle } from "../../../src/eventlog/tlog/entry_bundle.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);

Deno.test("each entry of a bundle has its length before it, in two bytes", () => {
  assert.deepEqual(writeBundle([bytes(7, 8), bytes()]), bytes(0, 2, 7, 8, 0, 0));
  const large = new Uint8Array(LARGEST_ENTRY).fill(9);
  assert.deepEqual(writeBundle([large]).subarray(0, 3), bytes(0xff, 0xff, 9));
  for (const entries of [[], [bytes()], [bytes(1), large, bytes(2, 3)]]) {
    assert.deepEqual(readBundle(writeBundle(entries)), entries);
  }
});

Deno.test("a bundle that was cut anywhere but between two entries is none", () => {
  const whole = writeBundle([bytes(1, 2, 3), bytes(4)]);
  const readable = [...whole.keys()].filter((end) => readBundle(whole.subarray(0, end)));
  assert.deepEqual(readable, [0, 5]);
});

Deno.test("an entry that is longer than its length can say is not written", () => {
  assert.throws(() => writeBundle([new Uint8Array(LARGEST_ENTRY + 1)]), RangeError);
});
