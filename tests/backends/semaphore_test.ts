import assert from "node:assert/strict";
import { concurrently } from "../../src/backends/concurrently.ts";
import { Semaphore } from "../../src/backends/semaphore.ts";

Deno.test("Semaphore lets in as many as it has places for, in the order of their coming", async () => {
  const semaphore = new Semaphore(2);
  const entered: number[] = [];
  const entering = [0, 1, 2, 3].map((index) => semaphore.acquire().then(() => entered.push(index)));
  await Promise.all(entering.slice(0, 2));
  assert.deepEqual(entered, [0, 1]);
  semaphore.release();
  await entering[2];
  assert.deepEqual(entered, [0, 1, 2]);
  semaphore.release();
  await entering[3];
  assert.deepEqual(entered, [0, 1, 2, 3]);
});

Deno.test("Semaphore forgets who stops waiting", async () => {
  const semaphore = new Semaphore(1);
  await semaphore.acquire();
  const stop = new AbortController();
  const leaving = semaphore.acquire(stop.signal);
  const staying = semaphore.acquire();
  const reason = new Error("enough");
  stop.abort(reason);
  await assert.rejects(leaving, (error) => error === reason);
  semaphore.release();
  await staying;
  await assert.rejects(semaphore.acquire(stop.signal), (error) => error === reason);
  semaphore.release();
  await semaphore.acquire();
});

Deno.test("concurrently keeps results in order and no more calls under way than allowed", async () => {
  let running = 0;
  let most = 0;
  const items = Array.from({ length: 20 }, (_, index) => index);
  const doubled = await concurrently(items, 3, async (item) => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
    return item * 2;
  });
  assert.deepEqual(doubled, items.map((item) => item * 2));
  assert.equal(most, 3);
  assert.deepEqual(await concurrently([], 3, () => Promise.resolve(1)), []);
});

Deno.test("concurrently begins no further call after one has failed", async () => {
  const begun: number[] = [];
  const fault = new Error("no");
  const failing = concurrently([0, 1, 2, 3, 4], 2, (item) => {
    begun.push(item);
    return item === 1 ? Promise.reject(fault) : Promise.resolve();
  });
  await assert.rejects(failing, (error) => error === fault);
  assert(begun.length < 5);
});
