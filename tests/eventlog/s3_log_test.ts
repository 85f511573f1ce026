import assert from "node:assert/strict";
import { appendWithRetry } from "../../src/eventlog/append_with_retry.ts";
import { canonicalJson } from "../../src/eventlog/canonical_json.ts";
import { JsonNumber } from "../../src/eventlog/json.ts";
import {
  chain,
  EventTooLargeError,
  FIRST_PREV_HASH,
  LARGEST_RECORD,
  recordText,
} from "../../src/eventlog/record.ts";
import { S3Log, type S3LogOptions } from "../../src/eventlog/s3_log.ts";
import { BEGINNING } from "../../src/eventlog/verifier.ts";
import { logPutErrorsTotal } from "../../src/telemetry/metrics.ts";
import { counted } from "./counted_objects.ts";
import { DIRECTORY, type ObjectStore, STORAGE } from "./object_stores.ts";
import { fill, sampleEvent, seqsOf } from "./sample_events.ts";

const HEAD = "events/_head.json";

function open(store: ObjectStore, options: Partial<S3LogOptions> = {}): S3Log {
  return new S3Log({ objects: store.open(), prefix: "events", headKey: HEAD, ...options });
}

function keyOf(seq: number): string {
  return `events/${String(seq).padStart(10, "0")}.json`;
}

async function preconditionsFailed(): Promise<number> {
  const { values } = await logPutErrorsTotal.get();
  return values.find(({ labels }) => labels.error_type === "PreconditionFailed")?.value ?? 0;
}

async function textOf(store: ObjectStore, key: string): Promise<string> {
  const kept = await store.open().get(key);
  assert(kept, key);
  return new TextDecoder().decode(kept.bytes);
}

async function change(
  store: ObjectStore,
  key: string,
  by: (text: string) => string,
): Promise<void> {
  await store.put(key, new TextEncoder().encode(by(await textOf(store, key))));
}

Deno.test("only an event that somebody else was faster to write counts as a precondition that failed", async () => {
  await using store = await DIRECTORY.start();
  const before = await preconditionsFailed();
  await using one = open(store);
  await using other = open(store);
  // Both see once that the store keeps what is there, which is refused as it ought to be.
  await fill(one, 2);
  assert.equal(await preconditionsFailed() - before, 0);
  await other.append(sampleEvent(2));
  assert.equal((await one.append(sampleEvent(3))).kind, "conflict");
  assert.equal(await preconditionsFailed() - before, 1);
});

for (const kind of [DIRECTORY, STORAGE]) {
  Deno.test(`a log of objects in ${kind.name}: what is appended is read, whole or in part`, async () => {
    await using store = await kind.start();
    await using log = open(store);
    assert.deepEqual(await log.head(), BEGINNING);
    assert.deepEqual(await seqsOf(log.read()), []);
    await fill(log, 150);
    const records = await Array.fromAsync(log.read());
    assert.deepEqual(records.map(({ seq }) => seq), [...Array(150).keys()]);
    for (const { seq, text } of records.slice(0, 3)) {
      assert.equal(await textOf(store, keyOf(seq)), text);
    }
    await using again = open(store);
    const head = { nextSeq: 150, prevHash: records[149]?.eventHash };
    assert.deepEqual(await again.head(), head);
    assert.equal(await again.eventHash(70), records[70]?.eventHash);
    assert.equal(await again.eventHash(150), undefined);
    assert.deepEqual(
      await seqsOf(again.read({ fromSeq: 10, toSeq: 20, aggregateId: "a1" })),
      [10, 13, 16, 19],
    );
    assert.deepEqual(await seqsOf(again.read({ fromSeq: 148 })), [148, 149]);
    assert.deepEqual(await seqsOf(again.read({ fromSeq: 150 })), []);
    assert.deepEqual(await seqsOf(again.read({ fromSeq: 900 })), []);
  });

  Deno.test(`a log of objects in ${kind.name}: a log that does not verify is never appended to`, async (t) => {
    const damages: readonly (readonly [
      name: string,
      damage: (store: ObjectStore) => Promise<void>,
      fault: RegExp,
    ])[] = [
      [
        "a changed event",
        (store) => change(store, keyOf(2), (text) => text.replace('"number":2', '"number":7')),
        /seq 2: event_hash/,
      ],
      ["a missing event", (store) => store.remove(keyOf(3)), /seq 3: seq: expected 3, found 4/],
      ["no first event", (store) => store.remove(keyOf(0)), /seq 0: seq: expected 0, found 1/],
      [
        "an event under another's key",
        async (store) =>
          store.put(keyOf(4), new TextEncoder().encode(await textOf(store, keyOf(3)))),
        /seq 4: seq: expected 4, found 3/,
      ],
      ["an end of line", (store) => change(store, keyOf(1), (text) => `${text}\n`), /seq 1: malf/],
      ["a mark before it", (store) => change(store, keyOf(1), (text) => `\ufeff${text}`), /seq 1/],
      ["nothing in it", (store) => store.put(keyOf(4), new Uint8Array()), /seq 4: malformed/],
      ["no UTF-8", (store) => store.put(keyOf(0), new Uint8Array([0xff])), /seq 0: malformed/],
    ];
    for (const [name, damage, fault] of damages) {
      await t.step(name, async () => {
        await using store = await kind.start();
        {
          await using log = open(store);
          await fill(log, 6);
        }
        await damage(store);
        await using log = open(store);
        for (let attempt = 0; attempt < 2; attempt++) {
          await assert.rejects(log.append(sampleEvent(6)), fault);
        }
        await assert.rejects(seqsOf(log.read()), fault);
        const keys = await Array.fromAsync(store.open().list("events/0"));
        assert.equal(keys.at(-1), keyOf(5));
      });
    }
  });
}

Deno.test("who expects another end of the log is told which it is, and nothing is written", async () => {
  await using store = await DIRECTORY.start();
  await using log = open(store);
  const first = await log.append(sampleEvent(0), { expectedPrevHash: FIRST_PREV_HASH });
  assert(first.kind === "committed");
  const observedPrevHash = first.record.eventHash;
  const stale = await log.append(sampleEvent(1), { expectedPrevHash: FIRST_PREV_HASH });
  assert.deepEqual(stale, { kind: "conflict", observedPrevHash });
  await using other = open(store);
  assert.equal((await other.append(sampleEvent(1))).kind, "committed");
  const { prevHash } = await other.head();
  assert.deepEqual(await log.append(sampleEvent(2), { expectedPrevHash: observedPrevHash }), {
    kind: "conflict",
    observedPrevHash: prevHash,
  });
  await other.append(sampleEvent(2));
  const ahead = await log.append(sampleEvent(3), {
    expectedPrevHash: (await other.head()).prevHash,
  });
  assert.equal(ahead.kind, "committed");
});

Deno.test("two at once write one chain", async () => {
  await using store = await STORAGE.start();
  const write = async (name: string) => {
    await using log = open(store);
    for (let number = 0; number < 30; number++) {
      await appendWithRetry(log, sampleEvent(number, name));
    }
  };
  await Promise.all([write("one"), write("other")]);
  await using log = open(store);
  assert.deepEqual(await seqsOf(log.read()), [...Array(60).keys()]);
});

Deno.test("an event costs one request on the way to its answer", async () => {
  await using store = await DIRECTORY.start();
  const { objects, requests } = counted(store.open());
  await using log = new S3Log({ objects, prefix: "events" });
  await fill(log, 10);
  const before = requests.length;
  await log.append(sampleEvent(10));
  assert.deepEqual(requests.slice(before), [{ method: "create", key: keyOf(10) }]);
});

Deno.test("an event that is too large is refused, and one that others wrote is read", async () => {
  await using store = await DIRECTORY.start();
  await using log = open(store);
  await fill(log, 2);
  const payload = "x".repeat(LARGEST_RECORD);
  await assert.rejects(log.append({ ...sampleEvent(2), payload }), EventTooLargeError);
  const { prevHash } = await log.head();
  const record = chain(prevHash, { ...sampleEvent(2), meta: {}, payload, seq: 2 });
  await store.put(keyOf(2), new TextEncoder().encode(recordText(record)));
  await using other = open(store);
  assert.equal((await other.append(sampleEvent(3))).kind, "committed");
  assert.deepEqual(await seqsOf(other.read()), [0, 1, 2, 3]);
});

Deno.test("objects that are no events are passed over", async () => {
  await using store = await DIRECTORY.start();
  const names = ["!", "0000000001.json.bak", "0000000003", "00000000030.json", "_tlog/checkpoint"];
  for (const name of [...names, "cp_1_abcdef01.json", "holdfast-verify-1", "zzz"]) {
    await store.put(`events/${name}`, new TextEncoder().encode("none"));
  }
  await store.put("eventsandmore/0000000009.json", new TextEncoder().encode("none"));
  await using log = open(store);
  await fill(log, 3);
  assert.deepEqual(await seqsOf(log.read()), [0, 1, 2]);
  assert.equal((await log.head()).nextSeq, 3);
});

Deno.test("an event that is missing from what others appended since is not filled in", async () => {
  await using store = await DIRECTORY.start();
  await using log = open(store);
  await fill(log, 3);
  {
    await using other = open(store);
    for (let number = 3; number < 8; number++) await other.append(sampleEvent(number));
  }
  await store.remove(keyOf(5));
  const gap = /seq 5: seq: expected 5, found 6/;
  for (let attempt = 0; attempt < 3; attempt++) {
    await assert.rejects(log.append(sampleEvent(8)), gap);
  }
  await assert.rejects(seqsOf(log.read({ fromSeq: 4 })), gap);
  await assert.rejects(seqsOf(log.read({ fromSeq: 6 })), gap);
  assert.equal(await store.open().has(keyOf(5)), false);
});

Deno.test("a log that has become shorter, or another, is told from what it was", async (t) => {
  const cases: readonly (readonly [string, (store: ObjectStore) => Promise<void>, RegExp])[] = [
    [
      "shorter",
      async (store) => {
        for (const seq of [7, 8, 9]) await store.remove(keyOf(seq));
      },
      /seq 7: truncated: expected 10 events, found 7 events/,
    ],
    [
      "empty",
      async (store) => {
        for (let seq = 0; seq < 10; seq++) await store.remove(keyOf(seq));
      },
      /seq 0: truncated: expected 10 events, found 0 events/,
    ],
    [
      "another",
      async (store) => {
        for (let seq = 0; seq < 10; seq++) await store.remove(keyOf(seq));
        await using forged = open(store, { headKey: undefined });
        for (let number = 20; number < 33; number++) await forged.append(sampleEvent(number));
      },
      /seq 9: event_hash/,
    ],
  ];
  for (const [name, damage, fault] of cases) {
    await t.step(name, async () => {
      await using store = await DIRECTORY.start();
      await using log = open(store);
      await fill(log, 10);
      await damage(store);
      await assert.rejects(log.head(), fault);
      await assert.rejects(seqsOf(log.read()), fault);
    });
  }
});

Deno.test("what is trusted is not read again, if the log is the one that it tells of", async () => {
  await using store = await DIRECTORY.start();
  {
    await using log = open(store);
    await fill(log, 40);
  }
  await using first = open(store);
  const hash = await first.eventHash(29);
  assert(hash);
  const trusted = { nextSeq: 30, prevHash: hash };
  {
    const { objects, requests } = counted(store.open());
    await using log = new S3Log({ objects, prefix: "events", trusted });
    assert.equal((await log.append(sampleEvent(40))).kind, "committed");
    assert.deepEqual(await seqsOf(log.read({ fromSeq: 35, trusted })), [35, 36, 37, 38, 39, 40]);
    assert.deepEqual(requests.filter(({ key }) => key < keyOf(29) && key.endsWith(".json")), []);
  }
  const wrong = { nextSeq: 30, prevHash: "f".repeat(64) };
  await using misled = open(store, { trusted: wrong });
  await assert.rejects(misled.append(sampleEvent(41)), /seq 29: event_hash/);
  await assert.rejects(seqsOf(first.read({ fromSeq: 35, trusted: wrong })), /seq 29: event_hash/);
  await using ahead = open(store, { trusted: { nextSeq: 90, prevHash: hash } });
  await assert.rejects(
    ahead.append(sampleEvent(41)),
    /seq 41: truncated: expected 90 events, found 41/,
  );
  await assert.rejects(ahead.head(), /truncated/);
});

Deno.test("after an answer that was lost, the next append looks before it writes", async () => {
  await using store = await DIRECTORY.start();
  const { objects, requests } = counted(store.open());
  let isLost = false;
  await using log = new S3Log({
    prefix: "events",
    objects: {
      ...objects,
      async create(...args) {
        const isCreated = await objects.create(...args);
        if (!isLost) return isCreated;
        isLost = false;
        throw new Error("the answer was lost");
      },
    },
  });
  await fill(log, 2);
  const before = requests.length;
  isLost = true;
  await assert.rejects(log.append(sampleEvent(2)), /lost/);
  const next = await log.append(sampleEvent(3));
  assert.equal(next.kind === "committed" && next.record.event.seq, 3);
  const creations = requests.slice(before).filter(({ method }) => method === "create");
  assert.deepEqual(creations.map(({ key }) => key), [keyOf(2), keyOf(3)]);
});

Deno.test("a store that passes over If-None-Match is found out before it can overwrite an event", async () => {
  await using store = await DIRECTORY.start();
  const careless = {
    ...counted(store.open()).objects,
    async create(key: string, bytes: Uint8Array) {
      await store.put(key, bytes);
      return true;
    },
  };
  {
    await using log = new S3Log({ prefix: "new", objects: careless });
    await assert.rejects(log.append(sampleEvent(0)), /passes over If-None-Match/);
  }
  {
    await using log = open(store);
    await fill(log, 3);
  }
  const before = await textOf(store, keyOf(2));
  await using log = new S3Log({ prefix: "events", objects: careless });
  for (let attempt = 0; attempt < 2; attempt++) {
    await assert.rejects(log.append(sampleEvent(3)), /passes over If-None-Match/);
  }
  assert.equal(await textOf(store, keyOf(2)), before);
  assert.equal(await store.open().has(keyOf(3)), false);
});

Deno.test("the head object is what existing operators write", async () => {
  await using store = await DIRECTORY.start();
  {
    await using log = open(store);
    await fill(log, 7);
  }
  await using log = open(store);
  const last_hash = await log.eventHash(6);
  assert(last_hash);
  assert.equal(
    await textOf(store, HEAD),
    canonicalJson({ last_hash, last_seq: new JsonNumber("6") }),
  );
});
