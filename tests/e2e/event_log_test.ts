import assert from "node:assert/strict";
import type { EventLog } from "../../src/eventlog/event_log.ts";
import { LogStoreError } from "../../src/eventlog/log_objects.ts";
import type { LogObjects } from "../../src/eventlog/log_objects.ts";
import { FIRST_PREV_HASH } from "../../src/eventlog/record.ts";
import { S3Log } from "../../src/eventlog/s3_log.ts";
import { openLog } from "../../src/eventlog/open_log.ts";
import { BEGINNING, LogFault } from "../../src/eventlog/verifier.ts";
import { logPutErrorsTotal } from "../../src/telemetry/metrics.ts";
import { fill, sampleEvent, seqsOf } from "../eventlog/sample_events.ts";
import { freePort } from "../harness/free_port.ts";
import { startMinio } from "../harness/minio.ts";
import { ENDPOINT, FILE, LOG_STORES, type LogStore, signAs } from "./log_stores.ts";

/** How many events have their bytes changed. */
const EVENTS = 50;

/** Every how manieth byte is changed where each change is a request. */
const STRIDE = 61;

for (const kind of LOG_STORES) {
  Deno.test(`T1: what is appended is read again, in ${kind.name}`, async () => {
    await using store = await kind.start();
    await using opened = store.open();
    const { log } = opened;
    assert.deepEqual(await log.head(), BEGINNING);
    const first = await log.append(sampleEvent(0), { expectedPrevHash: FIRST_PREV_HASH });
    assert(first.kind === "committed");
    const stale = await log.append(sampleEvent(1), { expectedPrevHash: FIRST_PREV_HASH });
    assert.deepEqual(stale, { kind: "conflict", observedPrevHash: first.record.eventHash });
    await fill(log, 9);
    await using other = store.open();
    const [record] = await Array.fromAsync(other.log.read());
    assert.deepEqual(record?.event, first.record.event);
    assert.deepEqual(await seqsOf(other.log.read()), [...Array(10).keys()]);
    assert.deepEqual(await other.log.head(), await log.head());
  });

  Deno.test(`T2: a log has more than 1,000 events, in ${kind.name}`, async () => {
    await using store = await kind.start();
    {
      await using opened = store.open();
      await fill(opened.log, 1_100);
    }
    await using opened = store.open();
    const { log, objects } = opened;
    const said = await objects.get("events/_head.json");
    assert.deepEqual(await seqsOf(log.read()), [...Array(1_100).keys()]);
    const { nextSeq, prevHash } = await log.head();
    assert.equal(nextSeq, 1_100);
    const head = said && new TextDecoder().decode(said.bytes);
    const right = `{"last_hash":"${prevHash}","last_seq":1099}`;
    assert.equal(head, kind === FILE ? undefined : right);
    assert.deepEqual(
      await seqsOf(log.read({ fromSeq: 995, toSeq: 1_005 })).then((seqs) => [
        seqs.length,
        seqs[0],
        seqs.at(-1),
      ]),
      [11, 995, 1_005],
    );
    const appended = await log.append(sampleEvent(1_100));
    assert.equal(appended.kind === "committed" && appended.record.event.seq, 1_100);
  });

  Deno.test(`T4: a missing event is named, and nothing is appended, in ${kind.name}`, async () => {
    for (const missing of [0, 3, 8]) {
      await using store = await kind.start();
      {
        await using opened = store.open();
        await fill(opened.log, 10);
      }
      await takeAway(store, missing);
      await using opened = store.open();
      const isNamed = { seq: missing, kind: "seq", expected: String(missing) };
      await assert.rejects(seqsOf(opened.log.read()), isNamed);
      await assert.rejects(opened.log.append(sampleEvent(10)), isNamed);
    }
  });
}

async function takeAway(store: LogStore, seq: number): Promise<void> {
  const pieces = await store.pieces();
  const [file] = pieces;
  if (pieces.length > 1 || file === undefined) return await pieces[seq]?.remove();
  const lines = new TextDecoder().decode(file.bytes).split("\n");
  await file.write(new TextEncoder().encode(lines.toSpliced(seq, 1).join("\n")));
}

/** Reads the whole log. @throws {LogFault} also where it ends too early */
async function verify(log: EventLog): Promise<void> {
  const { length } = await seqsOf(log.read());
  if (length !== EVENTS) throw new LogFault(length, "truncated", `${EVENTS}`, `${length}`);
}

async function fifty(store: LogStore): Promise<void> {
  await using opened = store.open();
  await fill(opened.log, EVENTS);
}

Deno.test("T3: every changed byte of a log is found out, in a file", async () => {
  await using store = await FILE.start();
  await fifty(store);
  const [file] = await store.pieces();
  assert(file);
  const missed: number[] = [];
  for (let at = 0; at < file.bytes.length; at++) {
    const changed = file.bytes.slice();
    changed[at] = (changed[at] ?? 0) ^ 1 << at % 8;
    await file.write(changed);
    await using opened = store.open();
    const fault = await verify(opened.log).catch((error: unknown) => error);
    if (!(fault instanceof LogFault)) missed.push(at);
  }
  assert.deepEqual(missed, []);
  assert.ok(file.bytes.length > 10_000);
});

Deno.test("T3: every changed byte of a log is found out, in objects", async () => {
  await using store = await ENDPOINT.start();
  await fifty(store);
  const pieces = await store.pieces();
  const objects = new CopiedObjects(pieces.map(({ bytes }) => bytes));
  let tried = 0;
  for (const [seq, { bytes }] of pieces.entries()) {
    for (let at = 0; at < bytes.length; at++, tried++) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 1 << at % 8;
      objects.copies[seq] = changed;
      await using log = new S3Log({ objects, prefix: "events" });
      const fault = await verify(log).catch((error: unknown) => error);
      assert.ok(fault instanceof LogFault, `byte ${at} of event ${seq}`);
      assert.ok(fault.seq === seq || fault.seq === seq + 1, fault.message);
    }
    objects.copies[seq] = bytes;
  }
  assert.ok(tried > 10_000);
});

/** Copies of objects in memory: every byte of them is changed in turn, which is a lot of requests. */
class CopiedObjects implements LogObjects {
  readonly location = "s3://copied";

  constructor(readonly copies: Uint8Array[]) {}

  get(key: string) {
    const bytes = this.copies[Number.parseInt(key.slice("events/".length), 10)];
    return Promise.resolve(bytes && { bytes, etag: "" });
  }

  async has(key: string) {
    return await this.get(key) !== undefined;
  }

  create() {
    return Promise.resolve(false);
  }

  replace() {
    return Promise.resolve(false);
  }

  async *list() {}

  [Symbol.asyncDispose]() {
    return Promise.resolve();
  }
}

for (const kind of LOG_STORES.filter((each) => each !== FILE)) {
  Deno.test(`T3: changed bytes all over a log are found out, in ${kind.name}`, async () => {
    await using store = await kind.start();
    await fifty(store);
    let skipped = 0;
    let tried = 0;
    await using opened = store.open();
    await verify(opened.log);
    for (const { bytes, write } of await store.pieces()) {
      for (let at = 0; at < bytes.length; at++) {
        if (skipped++ % STRIDE !== 0) continue;
        const changed = bytes.slice();
        changed[at] = (changed[at] ?? 0) ^ 1;
        await write(changed);
        await assert.rejects(verify(opened.log), LogFault);
        tried++;
      }
      await write(bytes);
    }
    await verify(opened.log);
    assert.ok(tried > 150, `${tried} bytes`);
  });
}

Deno.test("T5: what is wrong with a bucket is told by its type, and counted", async (t) => {
  await using minio = await startMinio({ buckets: ["logs"] });
  const away = `http://127.0.0.1:${freePort()}`;
  const cases: readonly (readonly [
    type: LogStoreError["type"],
    bucket: string,
    endpoint: string,
    accessKeyId: string,
  ])[] = [
    ["NoSuchBucket", "nowhere", minio.endpoint, minio.accessKeyId],
    ["AccessDenied", "logs", minio.endpoint, "somebody-else"],
    ["NetworkError", "logs", away, minio.accessKeyId],
  ];
  for (const [type, bucket, endpoint, accessKeyId] of cases) {
    await t.step(type, async () => {
      signAs({ ...minio, accessKeyId });
      await using opened = openLog({ kind: "s3", bucket, endpoint, prefix: "events" });
      const isTold = (error: unknown) => error instanceof LogStoreError && error.type === type;
      const before = await failures(type);
      await assert.rejects(opened.log.append(sampleEvent(0)), isTold);
      await assert.rejects(seqsOf(opened.log.read()), isTold);
      await assert.rejects(opened.log.head(), isTold);
      const put = opened.objects.create("events/x", new Uint8Array(1), "application/octet-stream");
      await assert.rejects(put, isTold);
      assert.equal(await failures(type) - before, 1);
    });
  }
});

async function failures(type: string): Promise<number> {
  const { values } = await logPutErrorsTotal.get();
  return values.find(({ labels }) => labels.error_type === type)?.value ?? 0;
}
