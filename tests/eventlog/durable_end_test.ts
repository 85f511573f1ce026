import assert from "node:assert/strict";
import { DurableEnd } from "../../src/eventlog/durable_end.ts";

Deno.test("what is not known to be on the disk is written through, and only that", async () => {
  const durable = new DurableEnd();
  let syncs = 0;
  const file = { syncData: () => Promise.resolve(void syncs++) };
  const needed = async (ordinal: number, end: number) => {
    const before = syncs;
    await durable.reach(file, ordinal, end);
    return syncs > before;
  };
  assert.equal(await needed(0, 0), false);
  assert.equal(await needed(0, 100), true);
  assert.equal(await needed(0, 100), false);
  assert.equal(await needed(0, 40), false);
  assert.equal(await needed(0, 101), true);
  durable.note({ file: 2, offset: 50 });
  assert.equal(await needed(1, 9_999), false);
  assert.equal(await needed(2, 50), false);
  assert.equal(await needed(2, 51), true);
  durable.note({ file: 1, offset: 9_999 });
  assert.equal(await needed(2, 51), false);
});

Deno.test("what could not be written through is tried again", async () => {
  const durable = new DurableEnd();
  const full = { syncData: () => Promise.reject(new Error("no space")) };
  await assert.rejects(durable.reach(full, 0, 10), /no space/);
  await assert.rejects(durable.reach(full, 0, 10), /no space/);
});
