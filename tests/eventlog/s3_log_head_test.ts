import assert from "node:assert/strict";
import { type KeptObject, type LogObjects, LogStoreError } from "../../src/eventlog/log_objects.ts";
import { chain, FIRST_PREV_HASH, recordBytes } from "../../src/eventlog/record.ts";
import { S3Log } from "../../src/eventlog/s3_log.ts";
import { counted } from "./counted_objects.ts";
import { DIRECTORY, type ObjectStore, STORAGE } from "./object_stores.ts";
import { fill, sampleEvent, seqsOf } from "./sample_events.ts";

const HEAD = "events/_head.json";
const EVENTS = 40;

function open(objects: LogObjects): S3Log {
  return new S3Log({ objects, prefix: "events", headKey: HEAD });
}

async function headOf(store: ObjectStore): Promise<string> {
  const kept = await store.open().get(HEAD);
  return kept === undefined ? "none" : new TextDecoder().decode(kept.bytes);
}

/** What somebody may have made of the head object; `undefined` for none. */
const HEADS: Readonly<Record<string, (right: string) => string | undefined>> = {
  "missing": () => undefined,
  "stale": (right) => right.replace('"last_seq":39', '"last_seq":3'),
  "stale by one": (right) => right.replace('"last_seq":39', '"last_seq":38'),
  "forged": (right) => right.replace(/[0-9a-f]{64}/, "f".repeat(64)),
  "of a future event": (right) => right.replace('"last_seq":39', '"last_seq":40'),
  "of a far future": (right) => right.replace('"last_seq":39', '"last_seq":9999999999'),
  "of no event that can be": (right) => right.replace('"last_seq":39', '"last_seq":1e300'),
  "negative": (right) => right.replace('"last_seq":39', '"last_seq":-1'),
  "fractional": (right) => right.replace('"last_seq":39', '"last_seq":38.5'),
  "no JSON": () => "\x00garbage",
  "empty": () => "",
  "another document": () => "[[]]",
  "huge": () => "x".repeat(3_000_000),
};

for (const kind of [DIRECTORY, STORAGE]) {
  Deno.test(`a head object that is wrong is found out and mended, in ${kind.name}`, async (t) => {
    await using store = await kind.start();
    {
      await using log = open(store.open());
      await fill(log, EVENTS);
    }
    const right = await headOf(store);
    await using reader = open(store.open());
    const head = await reader.head();
    assert.equal(head.nextSeq, EVENTS);
    for (const [name, forge] of Object.entries(HEADS)) {
      await t.step(name, async () => {
        const forged = forge(right);
        if (forged === undefined) await store.remove(HEAD);
        else await store.put(HEAD, new TextEncoder().encode(forged));
        const { objects, requests } = counted(store.open());
        {
          await using log = open(objects);
          assert.deepEqual(await log.head(), head);
        }
        assert.equal(await headOf(store), right);
        assert.ok(requests.length < 20, `${requests.length} requests`);
      });
    }
  });
}

Deno.test("appending goes on whatever the head object says, and mends it", async (t) => {
  for (const [name, forge] of Object.entries(HEADS)) {
    await t.step(name, async () => {
      await using store = await DIRECTORY.start();
      {
        await using log = open(store.open());
        await fill(log, EVENTS);
      }
      const forged = forge(await headOf(store));
      if (forged === undefined) await store.remove(HEAD);
      else await store.put(HEAD, new TextEncoder().encode(forged));
      {
        await using log = open(store.open());
        const appended = await log.append(sampleEvent(EVENTS));
        assert.equal(appended.kind === "committed" && appended.record.event.seq, EVENTS);
      }
      await using log = open(store.open());
      const { prevHash } = await log.head();
      assert.equal(await headOf(store), `{"last_hash":"${prevHash}","last_seq":${EVENTS}}`);
    });
  }
});

Deno.test("the head object is updated off the way, never twice at once, and only forward", async () => {
  await using store = await DIRECTORY.start();
  const objects = store.open();
  const said: number[] = [];
  let [underWay, most] = [0, 0];
  const released = Promise.withResolvers<void>();
  const slow: LogObjects["replace"] = async (key, bytes, ...more) => {
    most = Math.max(most, ++underWay);
    await released.promise;
    said.push(JSON.parse(new TextDecoder().decode(bytes)).last_seq);
    const isDone = await objects.replace(key, bytes, ...more);
    underWay--;
    return isDone;
  };
  {
    await using log = open({
      location: "",
      get: (key) => objects.get(key),
      has: (key) => objects.has(key),
      create: (...args) => objects.create(...args),
      list: (...args) => objects.list(...args),
      replace: slow,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
    await fill(log, 100);
    // All are answered while the first update still waits.
    assert.deepEqual(said, []);
    released.resolve();
  }
  assert.equal(most, 1);
  assert.equal(said.at(-1), 99);
  assert.deepEqual(said, said.toSorted((one, other) => one - other));
  assert.ok(said.length < 10, `${said.length} updates`);
});

Deno.test("a head object that cannot be read or written keeps nobody from appending", async () => {
  await using store = await DIRECTORY.start();
  const objects = store.open();
  let attempts = 0;
  const refused = () => {
    attempts++;
    return Promise.reject(new LogStoreError("AccessDenied", "not you"));
  };
  const isHead = (key: string) => key === HEAD;
  {
    await using log = open({
      location: "",
      get: (key) => isHead(key) ? refused() : objects.get(key),
      has: (key) => objects.has(key),
      create: (key, ...more) => isHead(key) ? refused() : objects.create(key, ...more),
      list: (...args) => objects.list(...args),
      replace: refused,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
    await fill(log, 20);
    assert.equal((await log.head()).nextSeq, 20);
  }
  assert.ok(attempts <= 2, `${attempts} attempts`);
});

Deno.test("without a head object, too, no missing event is taken for the end of the log", async () => {
  for (let missing = 0; missing < EVENTS - 1; missing++) {
    await using store = await DIRECTORY.start();
    {
      await using log = new S3Log({ objects: store.open(), prefix: "events" });
      await fill(log, EVENTS);
    }
    await store.remove(`events/${String(missing).padStart(10, "0")}.json`);
    await using log = new S3Log({ objects: store.open(), prefix: "events" });
    const gap = `seq ${missing}: seq: expected ${missing}, found ${missing + 1}`;
    // Where the search does not come by, it is the chain that tells.
    const head = await log.head().catch((error: Error) => error.message);
    if (typeof head === "string") assert.equal(head, gap);
    else assert.equal(head.nextSeq, EVENTS);
    await assert.rejects(log.append(sampleEvent(EVENTS)), { message: gap });
  }
});

/** A million events, of which only the last is ever read. */
class ManyEvents implements LogObjects {
  readonly location = "s3://many";
  readonly last: KeptObject;

  constructor(readonly count: number) {
    const event = { ...sampleEvent(count - 1), meta: {}, seq: count - 1 };
    this.last = { bytes: recordBytes(chain(FIRST_PREV_HASH, event)), etag: "" };
  }

  get(key: string): Promise<KeptObject | undefined> {
    return Promise.resolve(this.#seqOf(key) === this.count - 1 ? this.last : undefined);
  }

  has(key: string): Promise<boolean> {
    return Promise.resolve((this.#seqOf(key) ?? Infinity) < this.count);
  }

  create(): Promise<boolean> {
    return Promise.resolve(true);
  }

  replace(): Promise<boolean> {
    return Promise.resolve(true);
  }

  async *list(_prefix: string, startAfter = ""): AsyncGenerator<string> {
    const begin = (this.#seqOf(startAfter) ?? -1) + 1;
    for (let seq = begin; seq < this.count; seq++) {
      yield `events/${String(seq).padStart(10, "0")}.json`;
    }
    yield "events/_tlog/checkpoint";
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #seqOf(key: string): number | undefined {
    const seq = /(\d{10})\.json$/.exec(key)?.[1];
    return seq === undefined ? undefined : Number(seq);
  }
}

Deno.test("the end of a million events is found in 40 requests without a head object", async () => {
  for (const count of [1, 2, 1_000, 65_536, 999_999, 1_000_000, 1_048_576]) {
    const { objects, requests } = counted(new ManyEvents(count));
    {
      await using log = open(objects);
      assert.equal((await log.head()).nextSeq, count);
    }
    assert.ok(requests.length <= 40, `${requests.length} requests for ${count} events`);
    assert.equal(requests.filter(({ method }) => method === "list").length, 1);
  }
});

Deno.test("the last event is verified before it is told as the head", async () => {
  await using store = await DIRECTORY.start();
  {
    await using log = open(store.open());
    await fill(log, 5);
  }
  const key = "events/0000000004.json";
  const kept = await store.open().get(key);
  assert(kept);
  const text = new TextDecoder().decode(kept.bytes).replace('"number":4', '"number":5');
  await store.put(key, new TextEncoder().encode(text));
  await using log = open(store.open());
  await assert.rejects(log.head(), /seq 4: event_hash/);
  assert.deepEqual(await seqsOf(log.read({ toSeq: 3 })), [0, 1, 2, 3]);
});
