import assert from "node:assert/strict";
import { findEnd } from "../../src/eventlog/find_end.ts";

/** A sequence of so many, and how often it was asked. */
function sequence(count: number) {
  let questions = 0;
  return {
    isThere: (number: number) => {
      questions++;
      return Promise.resolve(number < count);
    },
    questions: () => questions,
  };
}

Deno.test("findEnd() finds the end from anywhere, whatever it is told", async () => {
  const ceiling = 5_000;
  for (const count of [0, 1, 2, 15, 16, 17, 255, 256, 257, 1_000, 4_096, 4_999, 5_000]) {
    for (const floor of [0, 1, 14, 999, count - 1, count]) {
      for (const hint of [undefined, 0, 1, count - 2, count - 1, count, count + 1, 4_999, 1e9]) {
        if (floor < 0 || floor > count) continue;
        const { isThere } = sequence(count);
        const found = await findEnd({ floor, ceiling, hint }, isThere);
        assert.equal(found, count, `from ${floor}, with the hint ${hint}`);
      }
    }
  }
});

Deno.test("findEnd() asks little: of a million, and less with a hint", async () => {
  const cases: readonly (readonly [hint: number | undefined, most: number])[] = [
    [undefined, 27],
    [999_999, 2],
    [999_990, 7],
    [900_000, 28],
    [2_000_000, 27],
    [9_999_999_999, 28],
  ];
  for (const [hint, most] of cases) {
    const { isThere, questions } = sequence(1_000_000);
    assert.equal(await findEnd({ floor: 0, ceiling: 1e10, hint }, isThere), 1_000_000);
    assert.ok(questions() <= most, `${questions()} questions with the hint ${hint}`);
  }
});
