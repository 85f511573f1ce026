import assert from "node:assert/strict";
import { canonicalJson } from "../../src/eventlog/canonical_json.ts";
import { CheckpointStore } from "../../src/eventlog/checkpoint/checkpoint_store.ts";
import { createCheckpoint } from "../../src/eventlog/checkpoint/create_checkpoint.ts";
import { replay } from "../../src/eventlog/checkpoint/replay.ts";
import { stateBytes, stateHash } from "../../src/eventlog/checkpoint/state.ts";
import { universeReducer } from "../../src/eventlog/checkpoint/universe_reducer.ts";
import { JsonNumber } from "../../src/eventlog/json.ts";
import { LogStoreError } from "../../src/eventlog/log_objects.ts";
import { DirectoryObjects } from "../../src/eventlog/objects/directory.ts";
import type { OpenedLog } from "../../src/eventlog/open_log.ts";
import { S3Log } from "../../src/eventlog/s3_log.ts";
import { SigningKey } from "../../src/eventlog/signing_key.ts";
import type { LogPosition } from "../../src/eventlog/verifier.ts";
import { agentObserved } from "../../src/operator/agent/events.ts";
import { Journal, JournalMovedError, UnrecordableError } from "../../src/operator/journal.ts";
import { LeadershipLostError } from "../../src/operator/term.ts";
import { eventsTotal } from "../../src/telemetry/metrics.ts";
import { counted } from "../eventlog/counted_objects.ts";
import { observed, termOf } from "./agent/agent_fixture.ts";
import { type Fate, watched } from "./agent/watched_log.ts";
import { makeWorld, type World } from "./agent/world.ts";

/** An event that says a number. */
function event(number: number) {
  return agentObserved(observed(`agent-${number}`, { number }));
}

/** What somebody appends who is no operator. */
async function appendElsewhere(world: World): Promise<void> {
  await using opened = world.open();
  const ts = new JsonNumber("0");
  const { log } = opened;
  await log.append({ type: "Noted", aggregateId: "x", ts, payload: null, hashVersion: "v2" });
}

async function seqs(world: World): Promise<readonly number[]> {
  return (await world.records()).map(({ seq }) => seq);
}

/** The hash of what a journal has come to. */
function hashOf(journal: Journal): string {
  return stateHash(stateBytes(journal.universe.state()));
}

/** The hash of what reading the log from its beginning comes to. */
async function replayedHash(world: World): Promise<string> {
  await using opened = world.open();
  return stateHash(stateBytes((await replay(opened.log, universeReducer)).state));
}

Deno.test("an event gets its place as its time, and says in which term it was written", async () => {
  await using world = await makeWorld();
  const { journal } = world.operator({ writerId: "writer-1" });
  const term = termOf("op", 3);
  await journal.follow(term);
  await journal.record(term, event(1));
  const { event: { ts, meta } } = await journal.record(term, event(2));
  assert.equal(ts.text, "1");
  assert.equal(
    canonicalJson(meta),
    '{"fencing_token":{"epoch":3,"holder_identity":"op","renew_time":null,"resource_version":"7"},' +
      '"resource":"agents","source":"kubernetes","writer_id":"writer-1"}',
  );
});

Deno.test("an event that was appended is counted once", async () => {
  await using world = await makeWorld();
  const { journal } = world.operator();
  const term = termOf();
  const count = async () =>
    (await eventsTotal.get()).values
      .find(({ labels }) => labels["event_type"] === "AgentObserved")?.value ?? 0;
  const before = await count();
  await journal.follow(term);
  await journal.record(term, event(1));
  assert.equal(await count() - before, 1);
});

Deno.test("when somebody else appends, nothing is written before that was read", async () => {
  await using world = await makeWorld();
  const [one, other] = [world.operator().journal, world.operator().journal];
  const [term, otherTerm] = [termOf("one"), termOf("other")];
  await one.follow(term);
  await other.follow(otherTerm);
  await one.record(term, event(1));
  await assert.rejects(other.record(otherTerm, event(2)), JournalMovedError);
  assert.equal(other.universe.agents()[0], "universe/agent-1");
  await other.record(otherTerm, event(2));
  assert.deepEqual(await seqs(world), [0, 1]);
  assert.equal(hashOf(other), await replayedHash(world));
});

Deno.test("events that say nothing of agents only move the place of what is recorded", async () => {
  await using world = await makeWorld();
  const { journal } = world.operator();
  const term = termOf();
  await journal.follow(term);
  await appendElsewhere(world);
  const { event: { seq, ts } } = await journal.record(term, event(1));
  assert.deepEqual([seq, ts.text], [1, "1"]);
  assert.deepEqual(await seqs(world), [0, 1]);
});

for (const [fate, count] of [["before", 1], ["after", 1]] as const) {
  Deno.test(`an append that fails ${fate} it has its effect is looked for, and not doubled`, async () => {
    await using world = await makeWorld();
    const fates: Fate[] = [fate];
    const { journal } = world.operator({
      open: (trusted) => watched(world.open(trusted), { fate: () => fates.shift() ?? "done" }),
    });
    const term = termOf();
    await journal.follow(term);
    await assert.rejects(journal.record(term, event(1)), LogStoreError);
    assert.ok(journal.fault instanceof LogStoreError);
    await assert.rejects(journal.record(term, event(1)), JournalMovedError);
    assert.equal(journal.fault, undefined);
    if (journal.universe.agents().length === 0) await journal.record(term, event(1));
    assert.equal((await seqs(world)).length, count);
  });
}

Deno.test("a log that cannot be read is read when it can", async () => {
  await using world = await makeWorld();
  let isThere = false;
  const { journal } = world.operator({
    open: (trusted) => watched(world.open(trusted), { canRead: () => isThere }),
  });
  const term = termOf();
  await assert.rejects(journal.follow(term), LogStoreError);
  assert.ok(journal.fault instanceof LogStoreError);
  isThere = true;
  await journal.follow(term);
  assert.equal(journal.fault, undefined);
  await journal.record(term, event(1));
  assert.deepEqual(await seqs(world), [0]);
});

Deno.test("nothing is written once the term is over", async () => {
  await using world = await makeWorld();
  const { journal } = world.operator();
  const term = termOf();
  await journal.follow(term);
  term.end();
  await assert.rejects(journal.record(term, event(1)), LeadershipLostError);
  assert.deepEqual(await seqs(world), []);
});

Deno.test("an event that is too long is the fault of the event, not of the log", async () => {
  await using world = await makeWorld();
  const { journal } = world.operator();
  const term = termOf();
  await journal.follow(term);
  const long = agentObserved(observed("a", { text: "x".repeat(70_000) }));
  await assert.rejects(journal.record(term, long), UnrecordableError);
  assert.equal(journal.fault, undefined);
  await journal.record(term, event(1));
  assert.deepEqual(await seqs(world), [0]);
});

Deno.test("the log is read on in a new term, and not again in the same", async () => {
  await using world = await makeWorld();
  const read: number[] = [];
  const onRead = (seq: number) => read.push(seq);
  const open: World["open"] = (trusted) => watched(world.open(trusted), { onRead });
  const { journal } = world.operator({ open });
  const first = termOf();
  await journal.follow(first);
  await appendElsewhere(world);
  await journal.follow(first);
  assert.deepEqual(read, []);
  await journal.follow(termOf("operator-0", 2));
  assert.deepEqual(read, [0]);
});

/** A log with checkpoints. */
async function withCheckpoints(run: (world: World, key: SigningKey) => Promise<void>) {
  await using world = await makeWorld();
  const key = SigningKey.generate();
  const checkpoints = { key, every: 2 };
  // Each makes at least one, however long it takes to keep it.
  for (let operators = 0; operators < 2; operators++) {
    await using journal = new Journal({ open: world.open, hashVersion: "v2", checkpoints });
    await fill(journal, 5);
  }
  await run(world, key);
}

async function fill(journal: Journal, count: number): Promise<void> {
  const term = termOf();
  await journal.follow(term);
  for (let number = 0; number < count; number++) {
    await journal.record(term, { ...event(number), type: "ActionFailed" });
  }
}

Deno.test("checkpoints are made on the way, and agree with the log", () =>
  withCheckpoints(async (world, key) => {
    await using opened = world.open();
    const store = new CheckpointStore(opened.objects, opened.prefix);
    const kept = await store.list();
    assert.ok(kept.length >= 2);
    for (const { eventIndex } of kept) {
      const atOrBefore = eventIndex;
      const found = await store.latestVerified(key.publicKey, opened.log, { atOrBefore });
      const { state } = await replay(opened.log, universeReducer, { toSeq: eventIndex });
      assert.deepEqual(
        [found?.eventIndex, found?.stateHash],
        [eventIndex, stateHash(stateBytes(state))],
      );
    }
  }));

Deno.test("no checkpoint is made between an observation and what is decided upon it", async () => {
  await using world = await makeWorld();
  const checkpoints = { key: SigningKey.generate(), every: 1 };
  {
    await using journal = new Journal({ open: world.open, hashVersion: "v2", checkpoints });
    const term = termOf();
    await journal.follow(term);
    await journal.record(term, event(1));
    await journal.record(term, { ...event(1), type: "ActionsDecided" });
  }
  await using opened = world.open();
  const kept = await new CheckpointStore(opened.objects, opened.prefix).list();
  assert.deepEqual(kept.map(({ eventIndex }) => eventIndex), [1]);
});

Deno.test("going on from a checkpoint comes to the same as reading everything", () =>
  withCheckpoints(async (world, key) => {
    const { journal } = world.operator({ checkpoints: { key, every: 1_000 } });
    await journal.follow(termOf());
    assert.equal(hashOf(journal), await replayedHash(world));
  }));

Deno.test("what it takes to go on from a checkpoint does not grow with the log", async () => {
  const costs: number[] = [];
  for (const length of [20, 60]) {
    const directory = await Deno.makeTempDir({ prefix: "holdfast-journal-" });
    await using stack = new AsyncDisposableStack();
    stack.defer(() => Deno.remove(directory, { recursive: true }));
    const { objects, requests } = counted(new DirectoryObjects(directory));
    const open = (trusted?: LogPosition): OpenedLog => {
      const log = new S3Log({ objects, prefix: "events", trusted });
      return { log, objects, prefix: "events", name: "", [Symbol.asyncDispose]: async () => {} };
    };
    const key = SigningKey.generate();
    const options = { open, hashVersion: "v2", checkpoints: { key, every: 1_000 } } as const;
    await using writer = new Journal(options);
    await fill(writer, length);
    const store = new CheckpointStore(objects, "events");
    await store.save(await createCheckpoint({ log: open().log, key }));
    await fill(writer, 5);
    requests.length = 0;
    await using reader = new Journal(options);
    await fill(reader, 1);
    assert.equal(reader.universe.state().version, length + 6);
    costs.push(requests.length);
  }
  assert.equal(costs[0], costs[1]);
});

Deno.test("a checkpoint of another key is passed over", () =>
  withCheckpoints(async (world) => {
    const checkpoints = { key: SigningKey.generate(), every: 1_000 };
    const { journal } = world.operator({ checkpoints });
    await journal.follow(termOf());
    assert.equal(hashOf(journal), await replayedHash(world));
  }));

Deno.test("a checkpoint that cannot be kept is no reason to stop", async () => {
  await using world = await makeWorld();
  // A file is where their directory ought to be.
  await Deno.writeTextFile(`${world.path}.objects`, "");
  const term = termOf();
  await using journal = new Journal({
    open: world.open,
    hashVersion: "v2",
    checkpoints: { key: SigningKey.generate(), every: 1 },
  });
  await assert.rejects(journal.follow(term), LogStoreError);
  await Deno.remove(`${world.path}.objects`);
  await journal.follow(term);
  await Deno.writeTextFile(`${world.path}.objects`, "");
  for (const number of [1, 2]) {
    await journal.record(term, { ...event(number), type: "ActionApplied" });
  }
  assert.deepEqual(await seqs(world), [0, 1]);
});
