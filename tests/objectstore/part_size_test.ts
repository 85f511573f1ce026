import assert from "node:assert/strict";
import { cut } from "../../src/objectstore/cut.ts";
import { partSizeFor } from "../../src/objectstore/part_size.ts";
import { fault } from "./bytes.ts";

const MIB = 1_024 ** 2;

Deno.test("parts have the size that is wanted, or the least with which they are 10,000", () => {
  const cases: readonly [size: number | undefined, wanted: number | undefined, expected: number][] =
    [
      [undefined, undefined, 8 * MIB],
      [0, undefined, 8 * MIB],
      [80_000 * MIB, undefined, 8 * MIB],
      [80_000 * MIB + 1, undefined, 9 * MIB],
      [5 * 1_024 ** 4, undefined, 525 * MIB],
      [50_000 * MIB, 5 * MIB, 5 * MIB],
      [50_000 * MIB + 1, 5 * MIB, 6 * MIB],
      [undefined, 100 * MIB, 100 * MIB],
    ];
  for (const [size, wanted, expected] of cases) {
    assert.equal(partSizeFor(size, wanted), expected);
    assert.ok(Math.ceil((size ?? 0) / expected) <= 10_000);
  }
  for (const wanted of [0, 5 * MIB - 1, 6 * MIB + 0.5]) {
    assert.throws(() => partSizeFor(undefined, wanted), fault("Refused", "EntityTooSmall"));
  }
});

Deno.test("a body is cut into pieces of one size, however its chunks fall", async () => {
  async function* body(...lengths: readonly number[]) {
    let next = 0;
    for (const length of lengths) yield Uint8Array.from({ length }, () => next++);
  }
  const cases: readonly [chunks: readonly number[], pieces: readonly number[]][] = [
    [[], [0]],
    [[0, 0], [0]],
    [[3], [3]],
    [[4], [4]],
    [[5], [4, 1]],
    [[1, 1, 1, 1], [4]],
    [[1, 6, 0, 2], [4, 4, 1]],
    [[9], [4, 4, 1]],
  ];
  for (const [chunks, pieces] of cases) {
    const cutUp = await Array.fromAsync(cut(body(...chunks), 4));
    assert.deepEqual(cutUp.map((piece) => piece.length), pieces);
    const bytes = cutUp.flatMap((piece) => [...piece]);
    assert.deepEqual(bytes, Array.from({ length: bytes.length }, (_, index) => index));
  }
});
