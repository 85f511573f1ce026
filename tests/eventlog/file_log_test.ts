import assert from "node:assert/strict";
import { join } from "node:path";
import type { NewEvent } from "../../src/eventlog/event_log.ts";
import { FileLog, type FileLogOptions } from "../../src/eventlog/file_log.ts";
import { JsonError, JsonNumber } from "../../src/eventlog/json.ts";
import { LogStoreError } from "../../src/eventlog/log_objects.ts";
import { EventTooLargeError, FIRST_PREV_HASH, LARGEST_RECORD } from "../../src/eventlog/record.ts";
import type { StoredRecord } from "../../src/eventlog/stored_record.ts";
import { LogFault } from "../../src/eventlog/verifier.ts";

function event(aggregateId: string, number: number): NewEvent {
  return {
    type: "Decided",
    aggregateId,
    ts: new JsonNumber(String(number)),
    payload: { number: new JsonNumber(String(number)) },
    hashVersion: "v1",
  };
}

/** A directory for one log. */
async function place() {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-log-" });
  const path = join(directory, "kept", "events.jsonl");
  return {
    directory,
    path,
    open: (options: Partial<FileLogOptions> = {}) => new FileLog({ path, ...options }),
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

async function all(records: AsyncIterable<StoredRecord>): Promise<StoredRecord[]> {
  return await Array.fromAsync(records);
}

async function fill(log: FileLog, count: number): Promise<void> {
  for (let number = 0; number < count; number++) await log.append(event(`a${number % 3}`, number));
}

async function filesOf(path: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(join(path, ".."))) names.push(name);
  return names.sort();
}

Deno.test("what is appended is read, whole or in part", async () => {
  await using at = await place();
  await using log = at.open();
  assert.deepEqual(await log.head(), { nextSeq: 0, prevHash: FIRST_PREV_HASH });
  await fill(log, 1_200);
  const records = await all(log.read());
  assert.deepEqual(records.map(({ event: { seq } }) => seq), [...Array(1_200).keys()]);
  assert.equal(await log.eventHash(700), records[700]?.eventHash);
  assert.equal(await log.eventHash(1_200), undefined);
  const some = await all(log.read({ fromSeq: 10, toSeq: 20, aggregateId: "a1" }));
  assert.deepEqual(some.map(({ event: { seq } }) => seq), [10, 13, 16, 19]);
  await using again = at.open();
  assert.deepEqual(await again.head(), { nextSeq: 1_200, prevHash: records[1_199]?.eventHash });
});

Deno.test("who expects another end of the log is told which it is, and nothing is written", async () => {
  await using at = await place();
  await using log = at.open();
  const first = await log.append(event("a", 0), { expectedPrevHash: FIRST_PREV_HASH });
  assert.equal(first.kind, "committed");
  const conflict = await log.append(event("a", 1), { expectedPrevHash: FIRST_PREV_HASH });
  const { prevHash } = await log.head();
  assert.deepEqual(conflict, { kind: "conflict", observedPrevHash: prevHash });
  assert.equal((await all(log.read())).length, 1);
});

Deno.test("two at once take turns, also where the file is rotated under them", async () => {
  await using at = await place();
  await using one = at.open({ maxBytes: 2_000 });
  await using other = at.open({ maxBytes: 2_000 });
  await Promise.all([fill(one, 60), fill(other, 60)]);
  const records = await all(one.read());
  assert.deepEqual(records.map(({ event: { seq } }) => seq), [...Array(120).keys()]);
  const segments = (await filesOf(at.path)).filter((name) => name.includes(".seg-"));
  assert.ok(segments.length > 10, segments.join(" "));
  assert.equal(segments[0], "events.jsonl.seg-000001");
  await using late = at.open();
  assert.equal((await late.head()).nextSeq, 120);
});

Deno.test("a reader is not disturbed by a rotation", async () => {
  await using at = await place();
  await using log = at.open({ maxBytes: 3_000 });
  await fill(log, 25);
  const seen: number[] = [];
  for await (const record of log.read()) {
    seen.push(record.event.seq);
    if (seen.length % 5 === 0) await fill(log, 5);
  }
  assert.deepEqual(seen, [...Array(seen.length).keys()]);
  assert.ok(seen.length >= 25);
});

Deno.test("a line that a crash left unfinished is put aside, and told", async () => {
  await using at = await place();
  {
    await using log = at.open();
    await fill(log, 3);
  }
  const whole = await Deno.readTextFile(at.path);
  const torn = `{"event":{"aggregate_id":"a","me`;
  await Deno.writeTextFile(at.path, torn, { append: true });
  const kept: string[] = [];
  await using log = at.open({ onTornLine: (path) => kept.push(path) });
  const appended = await log.append(event("a", 3));
  assert.equal(appended.kind === "committed" && appended.record.event.seq, 3);
  assert.equal(kept.length, 1);
  assert.equal(await Deno.readTextFile(kept[0] ?? ""), torn);
  const now = await Deno.readTextFile(at.path);
  assert.ok(now.startsWith(whole));
  assert.equal((await all(log.read())).length, 4);
});

Deno.test("a log that does not verify is never appended to", async (t) => {
  const damages: readonly (readonly [string, (text: string) => string, RegExp])[] = [
    ["a changed byte", (text) => text.replace('"number":2', '"number":7'), /seq 2: event_hash/],
    ["a missing event", (text) => text.split("\n").toSpliced(1, 1).join("\n"), /seq 1: seq/],
    ["an empty line", (text) => text.replace("\n", "\n\n"), /seq 1: malformed/],
    ["no UTF-8", (text) => text.replace("Decided", "De\xffided"), /seq 0: malformed/],
  ];
  for (const [name, damage, fault] of damages) {
    await t.step(name, async () => {
      await using at = await place();
      {
        await using log = at.open();
        await fill(log, 5);
      }
      const damaged = damage(await Deno.readTextFile(at.path));
      const bytes = Uint8Array.from(damaged, (character) => character.charCodeAt(0));
      await Deno.writeFile(at.path, bytes);
      await using log = at.open();
      for (let attempt = 0; attempt < 2; attempt++) {
        await assert.rejects(log.append(event("a", 9)), fault);
      }
      await assert.rejects(all(log.read()), fault);
      assert.deepEqual(await Deno.readFile(at.path), bytes);
    });
  }
});

Deno.test("a log with a damaged segment is never appended to, however often it is tried", async () => {
  await using at = await place();
  {
    await using log = at.open({ maxBytes: 1 });
    await fill(log, 2);
  }
  const segment = `${at.path}.seg-000002`;
  const text = await Deno.readTextFile(segment);
  await Deno.writeTextFile(segment, text.replace('"number":1', '"number":7'));
  const first = await Deno.readTextFile(`${at.path}.seg-000001`);
  // As long as what was verified before the fault, or where nothing was.
  for (const [active, damaged] of [[first, 1], ["", 1], ["", 0]] as const) {
    await Deno.writeTextFile(at.path, active);
    if (damaged === 0) await Deno.copyFile(segment, `${at.path}.seg-000001`);
    await using log = at.open({ maxBytes: 10_000 });
    for (let attempt = 0; attempt < 3; attempt++) {
      await assert.rejects(log.append(event("a", 9)), LogFault);
      assert.equal(await Deno.readTextFile(at.path), active);
    }
  }
});

Deno.test("what is appended at once is one chain in its order, whoever is refused among it", async () => {
  await using at = await place();
  await using log = at.open();
  const huge = { ...event("a", 1), payload: "x".repeat(LARGEST_RECORD) };
  const surrogate = { ...event("a", 1), payload: "\ud800" };
  const appends = [
    log.append(event("a", 0)),
    log.append(huge),
    log.append(event("a", 1), { expectedPrevHash: FIRST_PREV_HASH }),
    log.append(surrogate),
    ...Array.from({ length: 600 }, (_, index) => log.append(event("b", index))),
  ];
  const [first, tooLarge, conflict, unwritable, ...others] = await Promise.allSettled(appends);
  assert.ok(first?.status === "fulfilled" && first.value.kind === "committed");
  assert.ok(tooLarge?.status === "rejected" && tooLarge.reason instanceof EventTooLargeError);
  assert.ok(unwritable?.status === "rejected" && unwritable.reason instanceof JsonError);
  assert.deepEqual(conflict?.status === "fulfilled" && conflict.value, {
    kind: "conflict",
    observedPrevHash: first.value.record.eventHash,
  });
  const seqs = others.map((each) =>
    each.status === "fulfilled" && each.value.kind === "committed" && each.value.record.event.seq
  );
  assert.deepEqual(seqs, Array.from({ length: 600 }, (_, index) => index + 1));
  assert.equal((await all(log.read())).length, 601);
});

Deno.test("an integer that Python would not read is refused, and so is no text of digits", async () => {
  await using at = await place();
  await using log = at.open();
  const digits = "7".repeat(4_301);
  const long = new JsonNumber(digits);
  for (const more of [{ payload: [long] }, { meta: { a: long } }, { ts: long }]) {
    await assert.rejects(log.append({ ...event("a", 0), ...more }), /more than 4300 digits/);
  }
  const kept = { text: `"${digits}\\"`, integer: new JsonNumber(digits.slice(1)) };
  const appended = await log.append({ ...event("a", 0), payload: kept });
  assert.equal(appended.kind, "committed");
  assert.equal((await all(log.read())).length, 1);
});

Deno.test("with as many segments as there may be, the file grows and nothing is lost", async () => {
  await using at = await place();
  await using log = at.open({ maxBytes: 1_000, maxSegments: 2 });
  await fill(log, 40);
  const segments = (await filesOf(at.path)).filter((name) => name.includes(".seg-"));
  assert.deepEqual(segments, ["events.jsonl.seg-000001", "events.jsonl.seg-000002"]);
  assert.ok((await Deno.stat(at.path)).size > 5_000);
  assert.equal((await all(log.read())).length, 40);
});

Deno.test("a log is gone on with from what was verified before, in whichever file that is", async () => {
  await using at = await place();
  {
    await using log = at.open({ maxBytes: 2_000 });
    await fill(log, 50);
  }
  const records = await (async () => {
    await using log = at.open();
    return await all(log.read());
  })();
  for (const nextSeq of [1, 2, 3, 25, 49, 50]) {
    const trusted = { nextSeq, prevHash: records[nextSeq - 1]?.eventHash ?? "" };
    await using log = at.open({ trusted });
    assert.deepEqual(await log.head(), { nextSeq: 50, prevHash: records[49]?.eventHash });
    const later = await all(log.read({ fromSeq: nextSeq, trusted }));
    assert.deepEqual(later.map(({ text }) => text), records.slice(nextSeq).map(({ text }) => text));
    await using other = at.open({ trusted: { nextSeq, prevHash: "f".repeat(64) } });
    await assert.rejects(other.append(event("a", 1)), new RegExp(`seq ${nextSeq - 1}: event_hash`));
  }
  await using beyond = at.open({ trusted: { nextSeq: 60, prevHash: "f".repeat(64) } });
  await assert.rejects(beyond.head(), /truncated: expected 60 events, found 50 events/);
});

Deno.test("what is trusted is found from what was read before, and held to it", async () => {
  await using at = await place();
  await using log = at.open({ maxBytes: 50_000 });
  await fill(log, 2_000);
  const hashes = (await all(log.read())).map(({ eventHash }) => eventHash);
  await using later = at.open();
  for (const nextSeq of [1, 300, 700, 1_500, 1_501, 2_000, 299]) {
    const trusted = { nextSeq, prevHash: hashes[nextSeq - 1] ?? "" };
    const read = await all(later.read({ fromSeq: nextSeq, trusted }));
    assert.deepEqual(read.map(({ eventHash }) => eventHash), hashes.slice(nextSeq));
    const forged = { nextSeq, prevHash: "f".repeat(64) };
    await assert.rejects(all(later.read({ fromSeq: nextSeq, trusted: forged })), {
      kind: "event_hash",
      seq: nextSeq - 1,
    });
  }
});

Deno.test("a log whose first segments are gone is gone on with from what was verified before", async () => {
  await using at = await place();
  await using whole = at.open({ maxBytes: 2_000 });
  await fill(whole, 50);
  const trusted = { nextSeq: 30, prevHash: await whole.eventHash(29) ?? "" };
  await Deno.remove(`${at.path}.seg-000001`);
  await using log = at.open({ maxBytes: 2_000 });
  await assert.rejects(log.append(event("a", 50)), /seq 0: seq: expected 0, found \d/);
  await using later = at.open({ maxBytes: 2_000, trusted });
  const appended = await later.append(event("a", 50));
  assert.equal(appended.kind === "committed" && appended.record.event.seq, 50);
});

Deno.test("a log that was restored and has grown as long again is told from what it was", async (t) => {
  const restorations: Readonly<Record<string, (path: string, text: string) => Promise<void>>> = {
    "in its file": (path, text) => Deno.writeTextFile(path, text),
    "in another file": async (path, text) => {
      await Deno.writeTextFile(`${path}.new`, text);
      await Deno.rename(`${path}.new`, path);
    },
  };
  for (const [name, restore] of Object.entries(restorations)) {
    await t.step(name, async () => {
      await using at = await place();
      await using log = at.open();
      await fill(log, 5);
      const lines = (await Deno.readTextFile(at.path)).split("\n");
      await restore(at.path, lines.slice(0, 4).join("\n") + "\n");
      {
        await using other = at.open();
        await other.append(event("b1", 7));
      }
      const restored = await Deno.readTextFile(at.path);
      assert.equal(restored.length, lines.join("\n").length);
      for (let attempt = 0; attempt < 2; attempt++) {
        await assert.rejects(log.append(event("a", 9)), /seq 4: event_hash/);
        await assert.rejects(log.head(), /seq 4: event_hash/);
      }
      assert.equal(await Deno.readTextFile(at.path), restored);
    });
  }
});

Deno.test("no segment is ever overwritten, however others are numbered", async () => {
  for (const number of ["9".repeat(15), "9".repeat(16), "9".repeat(20)]) {
    await using at = await place();
    await using log = at.open({ maxBytes: 1 });
    await fill(log, 1);
    await Deno.writeTextFile(`${at.path}.seg-${number}`, "");
    await fill(log, 4);
    await using again = at.open();
    assert.equal((await again.head()).nextSeq, 5);
  }
});

Deno.test("what is written counts, though the file cannot be rotated behind it", async () => {
  await using at = await place();
  await Deno.mkdir(`${at.path}.head.json`, { recursive: true });
  const failures: unknown[] = [];
  await using log = at.open({ maxBytes: 1, onRotationFailure: (error) => failures.push(error) });
  await fill(log, 3);
  assert.deepEqual(await filesOf(at.path), ["events.jsonl", "events.jsonl.head.json"]);
  assert.equal((await all(log.read())).length, 3);
  assert.equal(failures.length, 1);
  await Deno.remove(`${at.path}.head.json`);
  await fill(log, 1);
  assert.ok((await filesOf(at.path)).includes("events.jsonl.seg-000001"));
  assert.equal((await all(log.read())).length, 4);
});

Deno.test("whoever waits to be written is written before the log is closed", async () => {
  await using at = await place();
  const log = at.open();
  let committed = 0;
  for (let number = 0; number < 1_000; number++) {
    log.append(event("a", number)).then(({ kind }) => committed += kind === "committed" ? 1 : 0);
  }
  await log[Symbol.asyncDispose]();
  assert.equal(committed, 1_000);
});

Deno.test("a rotation says where the log goes on to programs that came before this one", async () => {
  await using at = await place();
  await using log = at.open({ maxBytes: 1_000 });
  do await fill(log, 1); while (!(await filesOf(at.path)).includes("events.jsonl.seg-000003"));
  const { nextSeq, prevHash } = await log.head();
  assert.equal(
    await Deno.readTextFile(`${at.path}.head.json`),
    `{"last_hash":"${prevHash}","last_seq":${nextSeq - 1},"segment_index":3}`,
  );
  await assert.rejects(Deno.stat(at.path), Deno.errors.NotFound);
});

Deno.test("what comes before a fault is read", async () => {
  await using at = await place();
  {
    await using log = at.open();
    await fill(log, 5);
  }
  const text = await Deno.readTextFile(at.path);
  await Deno.writeTextFile(at.path, text.replace('"number":3', '"number":4'));
  await using log = at.open();
  const seen: number[] = [];
  await assert.rejects(async () => {
    for await (const { seq } of log.read()) seen.push(seq);
  }, /seq 3: event_hash/);
  assert.deepEqual(seen, [0, 1, 2]);
  assert.equal((await all(log.read({ fromSeq: 1, toSeq: 2 }))).length, 2);
  assert.match(await log.eventHash(2) ?? "", /^[0-9a-f]{64}$/);
});

Deno.test("reading does not make a log, nor touch what a crash left", async () => {
  await using at = await place();
  await using log = at.open();
  assert.deepEqual(await log.head(), { nextSeq: 0, prevHash: FIRST_PREV_HASH });
  assert.deepEqual(await all(log.read()), []);
  await assert.rejects(Deno.stat(at.path), Deno.errors.NotFound);
  await fill(log, 2);
  await Deno.writeTextFile(at.path, '{"event', { append: true });
  const before = await Deno.readTextFile(at.path);
  assert.equal((await log.head()).nextSeq, 2);
  assert.equal((await all(log.read())).length, 2);
  assert.equal(await Deno.readTextFile(at.path), before);
});

Deno.test("a segment that ends within a line is a fault", async () => {
  await using at = await place();
  {
    await using log = at.open({ maxBytes: 1_000 });
    await fill(log, 20);
  }
  const segment = `${at.path}.seg-000001`;
  await Deno.writeTextFile(segment, '{"event', { append: true });
  await using log = at.open();
  await assert.rejects(log.append(event("a", 1)), /malformed.*a line without an end/);
});

Deno.test("a file that cannot be written is a fault of the store", async () => {
  await using at = await place();
  await Deno.mkdir(at.path, { recursive: true });
  await using log = at.open();
  await assert.rejects(log.append(event("a", 1)), LogStoreError);
  await assert.rejects(log.head(), LogStoreError);
});

Deno.test("a log that has become shorter under a writer is noticed", async () => {
  await using at = await place();
  await using log = at.open();
  await fill(log, 5);
  await Deno.truncate(at.path, 100);
  await assert.rejects(log.append(event("a", 9)), /seq 5: truncated/);
});
