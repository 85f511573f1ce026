import assert from "node:assert/strict";
import { join } from "node:path";
import { FileLog } from "../../../src/eventlog/file_log.ts";
import { chain, recordText } from "../../../src/eventlog/record.ts";
import { SigningKey } from "../../../src/eventlog/signing_key.ts";
import { TlogFault, type TlogFaultKind } from "../../../src/eventlog/tlog/tlog_fault.ts";
import { type FaultCause, LogFault } from "../../../src/eventlog/verifier.ts";
import { NoteError } from "../../../src/eventlog/verify.ts";
import { sampleEvent, sampleLog } from "./sample_log.ts";

const tlogFault = (kind: TlogFaultKind, message = /./) => (error: unknown) =>
  error instanceof TlogFault && error.kind === kind && message.test(error.message);

const logFault = (kind: FaultCause, seq: number) => (error: unknown) =>
  error instanceof LogFault && error.kind === kind && error.seq === seq;

/** Changes a bit of a file. */
async function damage(path: string, at = 40): Promise<void> {
  const bytes = await Deno.readFile(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await Deno.writeFile(path, bytes);
}

/** Another log in place of the published one: the same events up to a place, then others. */
async function fork(path: string, from: number, count: number): Promise<void> {
  const lines = (await Deno.readTextFile(path)).split("\n").slice(0, from);
  await Deno.writeTextFile(path, lines.map((line) => `${line}\n`).join(""));
  await using log = new FileLog({ path });
  for (let number = from; number < count; number++) await log.append(sampleEvent(number, " other"));
}

type Sample = Awaited<ReturnType<typeof sampleLog>>;

/** What was done to a log of 300 published events and 10 more, and what the publisher finds. */
const FAULTS: readonly {
  readonly what: string;
  readonly spoil: (sample: Sample) => Promise<unknown>;
  readonly expected: (error: unknown) => boolean;
}[] = [
  {
    what: "a log that was rolled back behind what is published",
    spoil: ({ path }) => fork(path, 290, 290),
    expected: logFault("truncated", 290),
  },
  {
    what: "a log that was emptied",
    spoil: ({ path }) => Deno.truncate(path),
    expected: logFault("truncated", 0),
  },
  {
    what: "a log that became another one before the last published event",
    spoil: ({ path }) => fork(path, 200, 310),
    expected: logFault("event_hash", 299),
  },
  {
    what: "a log with a fault among the new events",
    spoil: async ({ path }) => {
      const text = await Deno.readTextFile(path);
      await Deno.writeTextFile(path, text.replace('"é 305"', '"é 999"'));
    },
    expected: logFault("event_hash", 305),
  },
  {
    what: "a published tile that was edited",
    spoil: ({ published }) => damage(join(published, "tile/0/001.p/44")),
    expected: tlogFault("root"),
  },
  {
    what: "a tile of a higher level that was edited",
    spoil: ({ published }) => damage(join(published, "tile/1/000.p/1"), 3),
    expected: tlogFault("root"),
  },
  {
    what: "a published bundle that was edited",
    spoil: ({ published }) => damage(join(published, "tile/entries/001.p/44")),
    expected: tlogFault("root", /seq 256/),
  },
  {
    what: "a tile that was cut",
    spoil: ({ published }) => Deno.truncate(join(published, "tile/0/001.p/44"), 44 * 32 - 1),
    expected: tlogFault("malformed"),
  },
  {
    what: "a tile that is gone",
    spoil: ({ published }) => Deno.remove(join(published, "tile/0/001.p/44")),
    expected: tlogFault("missing"),
  },
  {
    what: "a checkpoint that was edited",
    spoil: async ({ published }) => {
      const path = join(published, "checkpoint");
      await Deno.writeTextFile(path, (await Deno.readTextFile(path)).replace("\n300\n", "\n301\n"));
    },
    expected: tlogFault("checkpoint", /signature/),
  },
  {
    what: "a checkpoint that is none",
    spoil: ({ published }) => Deno.writeFile(join(published, "checkpoint"), Uint8Array.of(0xff)),
    expected: tlogFault("checkpoint"),
  },
  {
    what: "something else under the key of a tile that is to be written",
    spoil: ({ published }) => Deno.writeFile(join(published, "tile/0/001.p/54"), new Uint8Array(9)),
    expected: tlogFault("changed"),
  },
];

for (const { what, spoil, expected } of FAULTS) {
  Deno.test(`nothing is signed on top of ${what}`, async () => {
    await using sample = await sampleLog(300);
    await sample.publish();
    await sample.grow(10);
    await spoil(sample);
    const path = join(sample.published, "checkpoint");
    const before = await Deno.readFile(path);
    await assert.rejects(sample.publish(), expected);
    assert.deepEqual(await Deno.readFile(path), before);
  });
}

Deno.test("another key, or another name, does not go on with what was published", async () => {
  await using sample = await sampleLog(3);
  await sample.publish();
  await assert.rejects(
    sample.publish({ key: SigningKey.generate() }),
    tlogFault("checkpoint", /not signed/),
  );
  await assert.rejects(
    sample.publish({ origin: "holdfast.example/another" }),
    tlogFault("checkpoint", /not signed/),
  );
  for (const origin of ["", "two words", "a+b", "a\u00a0b", "line\n"]) {
    await assert.rejects(sample.publish({ origin }), NoteError, JSON.stringify(origin));
  }
});

Deno.test("an older checkpoint that was put back is noticed by who remembers a later one", async () => {
  await using sample = await sampleLog(100);
  const older = await sample.publish();
  await sample.grow(200);
  const later = await sample.publish();
  const path = join(sample.published, "checkpoint");
  await Deno.writeTextFile(path, older.note);
  await sample.grow(1);
  await assert.rejects(sample.publish({ remembered: later }), tlogFault("not-consistent", /100/));
  assert.equal(await Deno.readTextFile(path), older.note);

  // The tiles of the later one stand, so that going on from the older one leads through it.
  const again = await sample.publish({ remembered: older });
  assert.equal(again.size, 301);
  assert.equal((await sample.publish({ remembered: later })).note, again.note);
});

Deno.test("a log that was rolled back with all that is published is noticed by who remembers", async () => {
  await using sample = await sampleLog(300);
  const remembered = await sample.publish();
  await Deno.remove(sample.published, { recursive: true });
  await fork(sample.path, 200, 320);
  await assert.rejects(sample.publish({ remembered }), tlogFault("not-consistent", /no events/));
  // Who remembers nothing cannot know.
  assert.equal((await sample.publish()).size, 320);
  await assert.rejects(sample.publish({ remembered }), tlogFault("not-consistent", /320/));
});

Deno.test("tiles that are gone because full ones are there are not missed", async () => {
  await using sample = await sampleLog(300);
  const { note } = await sample.publish();
  await sample.grow(300);
  await sample.publish();
  for (const directory of ["tile/0/001.p", "tile/entries/001.p"]) {
    await Deno.remove(join(sample.published, directory), { recursive: true });
  }
  // As for who has read the checkpoint a moment ago.
  await Deno.writeTextFile(join(sample.published, "checkpoint"), note);
  const log = await sample.open();
  assert.equal(log.checkpoint.size, 300);
  assert.equal((await log.inclusion(299)).hashes.length, 5);
  assert.equal((await sample.publish()).size, 600);
});

Deno.test("a proof out of tiles that were edited is not given", async () => {
  await using sample = await sampleLog(300);
  await sample.publish();
  await damage(join(sample.published, "tile/0/000"), 32 * 9);
  const log = await sample.open();
  await assert.rejects(log.inclusion(20), tlogFault("root"));
  await assert.rejects(log.inclusion(9), tlogFault("root"));
  await assert.rejects(log.consistency(100), tlogFault("root"));
  await assert.rejects(log.record(9), tlogFault("root", /seq 9/));
});

Deno.test("a record that is too long to be published is named", async () => {
  await using sample = await sampleLog(2);
  await sample.publish();
  // Another program has written it: ours would have refused.
  const { prevHash } = await sample.log.head();
  const payload = { text: "x".repeat(65_535) };
  const long = recordText(chain(prevHash, { ...sampleEvent(2), seq: 2, payload, meta: {} }));
  await Deno.writeTextFile(sample.path, `${long}\n`, { append: true });
  await assert.rejects(
    sample.publish(),
    tlogFault("too-long", /the record of seq 2 has \d+ bytes/),
  );
});
