import assert from "node:assert/strict";
import { readAhead } from "../../src/eventlog/read_ahead.ts";

const MOST = 8;

/** Items that come in any order, and what was seen of their fetching. */
function items(count: number, size = 1) {
  let underWay = 0;
  const seen = { most: 0, fetched: 0 };
  const fetch = async (number: number) => {
    seen.fetched++;
    seen.most = Math.max(seen.most, ++underWay);
    await new Promise((resolve) => setTimeout(resolve, (number * 7) % 4));
    underWay--;
    return number < count ? new Uint8Array(size).fill(number) : undefined;
  };
  return { fetch, seen, underWay: () => underWay };
}

Deno.test("readAhead() gives what it fetches in order, up to the last", async () => {
  const { fetch, seen } = items(100);
  const read = await Array.fromAsync(readAhead(5, 60, MOST, fetch));
  assert.deepEqual(read.map((item) => item?.[0]), Array.from({ length: 56 }, (_, at) => at + 5));
  assert.equal(seen.fetched, 56);
});

Deno.test("readAhead() fetches as many at once as it may, and no more", async () => {
  const { fetch, seen } = items(100);
  for await (const item of readAhead(0, Infinity, MOST, fetch)) {
    if (item === undefined) break;
  }
  assert.equal(seen.most, MOST);
});

Deno.test("readAhead() goes no farther than it has to for one who reads no farther", async () => {
  const { fetch, seen, underWay } = items(100);
  for await (const item of readAhead(0, Infinity, MOST, fetch)) {
    if (item?.[0] === 2) break;
  }
  assert.ok(seen.fetched < 10, `${seen.fetched} were fetched`);
  assert.equal(underWay(), 0);
});

Deno.test("readAhead() keeps few large items in memory", async () => {
  const { fetch, seen } = items(20, 300_000);
  await Array.fromAsync(readAhead(0, 19, MOST, fetch));
  assert.ok(seen.most <= 2, `${seen.most} at once`);
});

Deno.test("readAhead() throws when it is the turn of what failed", async () => {
  const read: number[] = [];
  const fetch = (number: number) =>
    number === 4 ? Promise.reject(new Error("lost")) : Promise.resolve(new Uint8Array([number]));
  await assert.rejects(async () => {
    for await (const item of readAhead(0, 20, MOST, fetch)) read.push(item?.[0] ?? -1);
  }, /lost/);
  assert.deepEqual(read, [0, 1, 2, 3]);
});
