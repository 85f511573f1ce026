import assert from "node:assert/strict";
import { FIRST_PLACE, Places } from "../../src/eventlog/places.ts";

function place(nextSeq: number) {
  return { file: 0, offset: nextSeq * 500, position: { nextSeq, prevHash: "a".repeat(64) } };
}

Deno.test("the last place before an event is found, and few are remembered", () => {
  const places = new Places();
  for (let seq = 1; seq <= 10_000; seq++) places.note(place(seq));
  assert.equal(places.before(0), FIRST_PLACE);
  assert.equal(places.before(255), FIRST_PLACE);
  assert.deepEqual(places.before(256), place(256));
  assert.deepEqual(places.before(600), place(512));
  assert.deepEqual(places.before(9_999_999), place(9_984));
  places.note(place(100));
  assert.deepEqual(places.before(9_999_999), place(9_984));
});
