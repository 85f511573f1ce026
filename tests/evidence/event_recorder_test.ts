import assert from "node:assert/strict";
import { isJsonObject } from "../../src/eventlog/json.ts";
import { LogStoreError } from "../../src/eventlog/log_objects.ts";
import {
  EventRecorder,
  type EventToRecord,
  type RecordedLog,
} from "../../src/evidence/event_recorder.ts";
import type { EventPlace } from "../../src/evidence/model.ts";
import { PseudoRandom } from "../e2e/pseudo_random.ts";
import { type AppendFate, eventsOf, FaultyLog, FILE_LOG, LOG_KINDS } from "./recorded_logs.ts";

function eventAt(fromSeq: number, decisionId = "d"): EventToRecord {
  const operation = crypto.randomUUID();
  return { operation, type: "EvidenceStored", decisionId, payload: { key: "k" }, fromSeq };
}

/** Where each operation is in the log. */
async function placesIn(log: RecordedLog): Promise<Map<string, EventPlace[]>> {
  const places = new Map<string, EventPlace[]>();
  for (const { event, eventHash, seq } of await eventsOf(log)) {
    const operation = isJsonObject(event.payload) ? String(event.payload["operation"]) : "";
    places.set(operation, [...places.get(operation) ?? [], { seq, eventHash }]);
  }
  return places;
}

/** Tries until it succeeds, as those do who find something unfinished. */
async function persist(recorder: EventRecorder, event: EventToRecord): Promise<EventPlace> {
  while (true) {
    try {
      return await recorder.record(event);
    } catch (error) {
      if (!(error instanceof LogStoreError)) throw error;
    }
  }
}

for (const kind of LOG_KINDS) {
  Deno.test(`many recorders of the same events have each of them once in ${kind.name}`, async () => {
    const seed = Math.floor(Math.random() * 2 ** 32);
    const random = new PseudoRandom(seed);
    await using place = await kind.start();
    const fates: readonly AppendFate[] = ["done", "done", "lost", "ghost", "late"];
    const logs = Array.from(
      { length: 4 },
      () => new FaultyLog(place.open(), () => random.pick(fates)),
    );
    const recorders = logs.map((log) => new EventRecorder(log));
    const events = Array.from({ length: 40 }, () => eventAt(0));
    const ghosts = setInterval(() => {
      for (const { late } of logs) void late.splice(0, 1)[0]?.();
    }, 7);
    const recorded = await Promise.all(
      recorders.map((recorder) => Promise.all(events.map((event) => persist(recorder, event)))),
    );
    clearInterval(ghosts);
    for (const { late } of logs) await Promise.all(late.map((append) => append()));

    const places = await placesIn(place.open());
    assert.equal(places.size, events.length, `seed ${seed}`);
    events.forEach(({ operation }, index) => {
      const [only, ...more] = places.get(operation) ?? [];
      assert.deepEqual(more, [], `seed ${seed}: ${operation} is there more than once`);
      for (const ofRecorder of recorded) assert.deepEqual(ofRecorder[index], only, `seed ${seed}`);
    });
  });

  Deno.test(`an append that seemed to fail and comes late has no effect in ${kind.name}`, async () => {
    await using place = await kind.start();
    const fates: AppendFate[] = ["late"];
    const log = new FaultyLog(place.open(), () => fates.pop() ?? "done");
    const recorder = new EventRecorder(log);
    const event = eventAt(await recorder.fromSeq());
    await assert.rejects(recorder.record(event), LogStoreError);
    const there = await recorder.record(event);
    await log.late[0]?.();
    assert.deepEqual(await placesIn(log), new Map([[event.operation, [there]]]));
  });

  Deno.test(`an append that seemed to fail and comes first is the event in ${kind.name}`, async () => {
    await using place = await kind.start();
    const fates: AppendFate[] = ["late"];
    const log = new FaultyLog(place.open(), () => fates.pop() ?? "done");
    const recorder = new EventRecorder(log);
    const event = eventAt(await recorder.fromSeq());
    await assert.rejects(recorder.record(event), LogStoreError);
    await log.late[0]?.();
    const there = await recorder.record(event);
    assert.deepEqual(await placesIn(log), new Map([[event.operation, [there]]]));
  });

  Deno.test(`the event of a process that died is found by one that begins later in ${kind.name}`, async () => {
    await using place = await kind.start();
    const first = new EventRecorder(place.open());
    const event = eventAt(await first.fromSeq());
    const recorded = await first.record(event);
    for (let n = 0; n < 20; n++) await first.record(eventAt(await first.fromSeq()));
    const log = place.open();
    assert.deepEqual(await new EventRecorder(log).record(event), recorded);
    assert.equal((await eventsOf(log)).length, 21);
  });

  Deno.test(`the place where an event can begin is never behind the event in ${kind.name}`, async () => {
    await using place = await kind.start();
    const recorders = [new EventRecorder(place.open()), new EventRecorder(place.open())];
    for (let n = 0; n < 10; n++) {
      for (const recorder of recorders) {
        const fromSeq = await recorder.fromSeq();
        const { seq } = await recorder.record(eventAt(fromSeq));
        assert.ok(fromSeq <= seq, `${fromSeq} is behind ${seq}`);
      }
    }
  });
}

Deno.test("more events than are remembered are found again by reading them", async () => {
  await using place = await FILE_LOG.start();
  const recorder = new EventRecorder(place.open());
  const old = eventAt(await recorder.fromSeq());
  const recorded = await recorder.record(old);
  const others = place.open();
  await Promise.all(Array.from({ length: 10_010 }, () =>
    others.append({
      type: "EvidenceStored",
      aggregate_id: "d",
      payload: { operation: crypto.randomUUID() },
    })));
  const last = eventAt(1);
  const end = await recorder.record(last);
  assert.equal(end.seq, 10_011);
  assert.deepEqual(await recorder.record(old), recorded);
  assert.deepEqual(await recorder.record(last), end);
});

Deno.test("an event by which somebody else repeats an operation is not taken for it", async () => {
  await using place = await FILE_LOG.start();
  const log = place.open();
  const recorder = new EventRecorder(log);
  const event = eventAt(0);
  const recorded = await recorder.record(event);
  const { operation } = event;
  await log.append({ type: "EvidenceStored", aggregate_id: "d", payload: { operation } });
  await recorder.record(eventAt(0));
  assert.deepEqual(await recorder.record(event), recorded);
  assert.deepEqual(await new EventRecorder(place.open()).record(event), recorded);
});

Deno.test("a log that cannot be read lets no event in, and the next attempt goes on", async () => {
  await using place = await FILE_LOG.start();
  const log = place.open();
  let isAway = false;
  const recorder = new EventRecorder({
    head: () => log.head(),
    append: (event) => log.append(event),
    async *records(fromSeq, toSeq) {
      for await (const record of log.records(fromSeq, toSeq)) {
        if (isAway) throw new LogStoreError("NetworkError", "away");
        yield record;
      }
    },
  });
  await recorder.record(eventAt(0));
  await new EventRecorder(place.open()).record(eventAt(0));
  isAway = true;
  const event = eventAt(0);
  await assert.rejects(recorder.record(event), LogStoreError);
  isAway = false;
  const { seq } = await recorder.record(event);
  assert.equal(seq, 2);
});

Deno.test("who waits while a log is found to be away is told so at once, and the next one tries", async () => {
  await using place = await FILE_LOG.start();
  const log = place.open();
  let appends = 0;
  let isAway = true;
  const recorder = new EventRecorder({
    head: () => log.head(),
    records: (fromSeq, toSeq) => log.records(fromSeq, toSeq),
    async append(event) {
      appends++;
      if (!isAway) return await log.append(event);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      throw new LogStoreError("NetworkError", "no answer");
    },
  });
  const events = Array.from({ length: 20 }, () => eventAt(0));
  const told = await Promise.allSettled(events.map((event) => recorder.record(event)));
  assert.ok(told.every(({ status }) => status === "rejected"));
  assert.equal(appends, 1);
  isAway = false;
  const places = await Promise.all(events.map((event) => recorder.record(event)));
  assert.deepEqual(places.map(({ seq }) => seq), events.map((_, index) => index));
});
