import assert from "node:assert/strict";
import fc from "fast-check";
import { type QueueTime, WorkQueue } from "../../src/operator/work_queue.ts";

/** Time that passes when a test says so. */
class ToldTime implements QueueTime {
  readonly #timers = new Set<{ readonly due: number; readonly call: () => void }>();
  #now = 0;

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, call: () => void): () => void {
    const timer = { due: this.#now + milliseconds, call };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets so many milliseconds pass; what is due is called in its order. */
  pass(milliseconds: number): void {
    const until = this.#now + milliseconds;
    for (;;) {
      const [next] = [...this.#timers].sort((a, b) => a.due - b.due);
      if (next === undefined || next.due > until) break;
      this.#timers.delete(next);
      this.#now = next.due;
      next.call();
    }
    this.#now = until;
  }

  get timers(): number {
    return this.#timers.size;
  }
}

/** Waits that can be told: 1 s, 2 s, 4 s, … up to 5 s. */
const TOLD = { baseDelay: 1_000, maxDelay: 5_000, random: () => 1 };

/** Lets everything run that waits for nothing but promises. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Workers of a queue whose work ends when a test says so. */
class Workers {
  readonly started: string[] = [];
  readonly faults: unknown[] = [];
  readonly underWay = new Map<string, PromiseWithResolvers<void>>();
  readonly #controller = new AbortController();
  readonly #running: Promise<unknown>;

  constructor(queue: WorkQueue, count = 1, onStart: (key: string) => void = () => {}) {
    const work = (key: string) => {
      assert(!this.underWay.has(key), `${key} is worked on by two`);
      onStart(key);
      this.started.push(key);
      const ending = Promise.withResolvers<void>();
      this.underWay.set(key, ending);
      return ending.promise;
    };
    const options = {
      signal: this.#controller.signal,
      onFault: (_key: string, error: unknown) => this.faults.push(error),
    };
    this.#running = Promise.all(Array.from({ length: count }, () => queue.run(work, options)));
  }

  /** Ends what is being worked on, well or not. */
  async end(key: string, error?: Error): Promise<void> {
    const ending = this.underWay.get(key);
    this.underWay.delete(key);
    if (error === undefined) ending?.resolve();
    else ending?.reject(error);
    await settle();
  }

  /** No further key is taken. */
  stop(): Promise<unknown> {
    this.#controller.abort();
    return this.#running;
  }
}

Deno.test("keys are worked on in the order that they were added, each once", async () => {
  using queue = new WorkQueue();
  for (const key of ["b", "a", "b", "c", "a"]) queue.add(key);
  assert.equal(queue.size, 3);
  const workers = new Workers(queue);
  for (const key of ["b", "a", "c"]) await settle().then(() => workers.end(key));
  assert.deepEqual(workers.started, ["b", "a", "c"]);
  await workers.stop();
});

Deno.test("a key that is added while it is worked on is worked on once more, behind the others", async () => {
  using queue = new WorkQueue();
  const workers = new Workers(queue, 3);
  queue.add("a");
  await settle();
  queue.add("a");
  queue.add("a");
  await settle();
  assert.deepEqual(workers.started, ["a"]);
  await workers.end("a");
  await workers.end("a");
  assert.deepEqual(workers.started, ["a", "a"]);
  await workers.stop();
});

Deno.test("a key is added when its time has come, of several times the first", () => {
  const time = new ToldTime();
  using queue = new WorkQueue({ time });
  queue.addAfter("a", 100);
  queue.addAfter("a", 50);
  queue.addAfter("a", 70);
  assert.equal(time.timers, 1);
  time.pass(49);
  assert.equal(queue.size, 0);
  time.pass(1);
  assert.equal(queue.size, 1);
});

Deno.test("a wait that no timer can wait is the longest that one can", () => {
  const time = new ToldTime();
  using queue = new WorkQueue({ time });
  queue.addAfter("a", Number.MAX_SAFE_INTEGER);
  time.pass(2 ** 31 - 1);
  assert.equal(queue.size, 1);
});

Deno.test("waits of a key grow up to their bound, and begin anew when it is forgotten", () => {
  using queue = new WorkQueue({ patience: TOLD, time: new ToldTime() });
  const waits = Array.from({ length: 5 }, () => queue.retry("a"));
  assert.deepEqual(waits, [1_000, 2_000, 4_000, 5_000, 5_000]);
  assert.equal(queue.retry("b"), 1_000);
  queue.forget("a");
  assert.equal(queue.retry("a"), 1_000);
});

Deno.test("without being told otherwise a key waits five minutes at most, and never nothing", () => {
  using queue = new WorkQueue({ time: new ToldTime() });
  const waits = Array.from({ length: 40 }, () => queue.retry("a"));
  assert(waits.every((wait) => wait >= 100 && wait <= 300_000));
});

Deno.test("what fails is told, and tried again later", async () => {
  const time = new ToldTime();
  using queue = new WorkQueue({ patience: TOLD, time });
  const workers = new Workers(queue);
  const fault = new Error("no");
  queue.add("a");
  await settle();
  for (const wait of [1_000, 2_000]) {
    await workers.end("a", fault);
    time.pass(wait - 1);
    await settle();
    assert.equal(workers.underWay.size, 0);
    time.pass(1);
    await settle();
    assert.equal(workers.underWay.size, 1);
  }
  await workers.end("a");
  assert.deepEqual([workers.started.length, workers.faults], [3, [fault, fault]]);
  assert.equal(queue.retry("a"), 1_000);
  await workers.stop();
});

Deno.test("at the end what is being worked on is waited for, and the rest is left for a later run", async () => {
  using queue = new WorkQueue();
  const first = new Workers(queue);
  for (const key of ["a", "b", "c"]) queue.add(key);
  await settle();
  let isStopped = false;
  const stopping = first.stop().then(() => isStopped = true);
  await settle();
  assert.equal(isStopped, false);
  await first.end("a", new Error("the end"));
  await stopping;
  assert.deepEqual(first.started, ["a"]);
  const later = new Workers(queue);
  for (const key of ["b", "c", "a"]) await settle().then(() => later.end(key));
  assert.deepEqual(later.started, ["b", "c", "a"]);
  await later.stop();
});

Deno.test("a queue that is closed takes nothing, and leaves no timer", () => {
  const time = new ToldTime();
  const queue = new WorkQueue({ time });
  queue.addAfter("a", 10);
  queue[Symbol.dispose]();
  queue.add("b");
  queue.addAfter("c", 10);
  queue.retry("d");
  assert.deepEqual([time.timers, queue.size], [0, 0]);
});

/** A queue, those who work it off, and what it owes. */
class World implements Disposable {
  readonly time = new ToldTime();
  readonly queue = new WorkQueue({ patience: TOLD, time: this.time });
  readonly workers: Workers;
  /** By when at the earliest a key is owed work. */
  readonly owed = new Map<string, number>();

  constructor(workers: number) {
    this.workers = new Workers(this.queue, workers, (key) => {
      if (this.time.now() >= (this.owed.get(key) ?? Infinity)) this.owed.delete(key);
    });
  }

  owe(key: string, wait = 0): void {
    const due = this.time.now() + wait;
    this.owed.set(key, Math.min(this.owed.get(key) ?? Infinity, due));
  }

  [Symbol.dispose](): void {
    this.queue[Symbol.dispose]();
  }
}

type Step = (world: World) => void | Promise<void>;

const key = fc.constantFrom("a", "b", "c");
const wait = fc.nat({ max: 6_000 });

const step: fc.Arbitrary<Step> = fc.oneof(
  key.map((key): Step => (world) => {
    world.owe(key);
    world.queue.add(key);
  }),
  fc.tuple(key, wait).map(([key, wait]): Step => (world) => {
    world.owe(key, wait);
    world.queue.addAfter(key, wait);
  }),
  key.map((key): Step => ({ workers }) => workers.end(key)),
  key.map((key): Step => async (world) => {
    if (!world.workers.underWay.has(key)) return;
    world.owe(key);
    await world.workers.end(key, new Error("no"));
  }),
  wait.map((wait): Step => ({ time }) => time.pass(wait)),
);

/** More than any key waits. */
const LONG = 10_000;

Deno.test("no key is worked on by two, and none is lost, whatever happens", async () => {
  const steps = fc.array(step, { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 3 }), async (steps, count) => {
      using world = new World(count);
      const { workers, time, owed } = world;
      for (const step of steps) {
        await step(world);
        await settle();
      }
      for (let round = 0; round < 10; round++) {
        time.pass(LONG);
        await settle();
        for (const key of [...workers.underWay.keys()]) await workers.end(key);
      }
      assert.deepEqual([...owed.keys(), ...workers.underWay.keys()], []);
      await workers.stop();
    }),
    { numRuns: 60 },
  );
});
