import assert from "node:assert/strict";
import { join } from "node:path";
import { CheckpointStore } from "../../../src/eventlog/checkpoint/checkpoint_store.ts";
import {
  checkpointText,
  readCheckpoint,
} from "../../../src/eventlog/checkpoint/checkpoint_text.ts";
import {
  createCheckpoint,
  EmptyLogError,
} from "../../../src/eventlog/checkpoint/create_checkpoint.ts";
import type { LogState, StateReducer } from "../../../src/eventlog/checkpoint/state.ts";
import {
  signCheckpoint,
  type StateCheckpoint,
} from "../../../src/eventlog/checkpoint/state_checkpoint.ts";
import {
  CheckpointFaultError,
  trustedPosition,
} from "../../../src/eventlog/checkpoint/trusted_position.ts";
import { universeReducer } from "../../../src/eventlog/checkpoint/universe_reducer.ts";
import { verifyFull } from "../../../src/eventlog/checkpoint/verify_checkpoint.ts";
import type { EventLog } from "../../../src/eventlog/event_log.ts";
import { FileLog } from "../../../src/eventlog/file_log.ts";
import { JsonNumber } from "../../../src/eventlog/json.ts";
import { DirectoryObjects } from "../../../src/eventlog/objects/directory.ts";
import { SigningKey } from "../../../src/eventlog/signing_key.ts";
import { LogFault } from "../../../src/eventlog/verifier.ts";
import { registry } from "../../../src/telemetry/metrics.ts";
import { KNOWN, KNOWN_LOG, knownCheckpoint, knownKey } from "./known_checkpoints.ts";

/** A copy of the known log with as many of its events, and a store beside it. */
async function place(events: number) {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-checkpoints-" });
  const path = join(directory, "events.jsonl");
  const lines = (await Deno.readTextFile(KNOWN_LOG)).split("\n").slice(0, 18);
  const writeLines = (all: readonly string[]) =>
    Deno.writeTextFile(path, all.map((line) => `${line}\n`).join(""));
  await writeLines(lines.slice(0, events));
  return {
    lines,
    writeLines,
    open: () => new FileLog({ path }),
    store: new CheckpointStore(new DirectoryObjects(join(directory, "objects")), ""),
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

/** Remembers which events were read. */
function watched(log: EventLog) {
  const seqs: number[] = [];
  return {
    seqs,
    async *read(range: Parameters<EventLog["read"]>[0]) {
      for await (const record of log.read(range)) {
        seqs.push(record.seq);
        yield record;
      }
    },
  };
}

const counting: StateReducer = {
  name: "counting",
  resume({ version, aggregates }: LogState) {
    if (Object.keys(aggregates).length > 0) return undefined;
    let count = version;
    return {
      apply: () => void count++,
      state: () => ({ version: count, aggregates: {} }),
    };
  },
};

Deno.test("the checkpoint of a log is byte by byte the one that Python makes of it", async () => {
  for (const [events, meta] of [[2, {}], [18, undefined]] as const) {
    await using at = await place(events);
    await using log = at.open();
    const index = events === 2 ? 1 : 17;
    const expected = readCheckpoint(knownCheckpoint(index));
    const made = await createCheckpoint({ log, key: knownKey(), meta: meta ?? expected.meta });
    assert.equal(checkpointText(made), knownCheckpoint(index));
  }
});

Deno.test("a checkpoint goes on from the last one and comes to the same", async () => {
  await using at = await place(10);
  const key = knownKey();
  const goOn = { store: at.store, publicKey: key.publicKey };
  await using first = at.open();
  await at.store.save(await createCheckpoint({ log: first, key, goOn }));
  await at.writeLines(at.lines);
  await using grown = at.open();
  const log = watched(grown);
  const { meta: _, ...made } = await createCheckpoint({ log, key, goOn });
  const { meta: __, ...expected } = readCheckpoint(knownCheckpoint(17));
  assert.deepEqual(made, expected);
  assert.equal(Math.min(...log.seqs), 10);
});

Deno.test("where nothing was appended since the last one, it is the same again", async () => {
  await using at = await place(10);
  const key = knownKey();
  const goOn = { store: at.store, publicKey: key.publicKey };
  await using log = at.open();
  const first = await createCheckpoint({ log, key, goOn });
  assert.equal((await at.store.save(first)).kind, "saved");
  const again = await createCheckpoint({ log, key, goOn });
  assert.equal((await at.store.save(again)).kind, "present");
});

Deno.test("nobody goes on from a checkpoint of another reducer, or of another key", async () => {
  await using at = await place(10);
  const key = knownKey();
  await using first = at.open();
  await at.store.save(await createCheckpoint({ log: first, key, reducer: counting }));
  await at.writeLines(at.lines.slice(0, 12));
  await using grown = at.open();
  const own = { store: at.store, publicKey: key.publicKey };
  const made = await createCheckpoint({ log: grown, key, goOn: own, reducer: universeReducer });
  assert.equal(made.stateHash, KNOWN.universe[11]);
  const others = { store: at.store, publicKey: SigningKey.generate().publicKey };
  assert.equal(
    (await createCheckpoint({ log: grown, key, goOn: others })).stateHash,
    KNOWN.universe[11],
  );
});

Deno.test("another reducer can be plugged in", async () => {
  await using at = await place(18);
  await using log = at.open();
  const key = knownKey();
  const made = await createCheckpoint({ log, key, reducer: counting });
  assert.equal(new TextDecoder().decode(made.stateBytes), '{"aggregates":{},"version":18}');
  const verdict = await verifyFull(made, key.publicKey, { log, reducer: counting });
  assert.deepEqual(verdict, { ok: true });
  const asUniverse = await verifyFull(made, key.publicKey, { log, reducer: universeReducer });
  assert.equal(asUniverse.ok ? undefined : asUniverse.fault.check, "replayed_state");
});

Deno.test("a log without events, or one that does not verify, has no checkpoint", async () => {
  await using at = await place(0);
  await using empty = at.open();
  await assert.rejects(createCheckpoint({ log: empty, key: knownKey() }), EmptyLogError);
  await at.writeLines(at.lines.with(7, at.lines[7]?.replace('"ts":7', '"ts":8') ?? ""));
  await using damaged = at.open();
  await assert.rejects(
    createCheckpoint({ log: damaged, key: knownKey() }),
    (error) => error instanceof LogFault && error.seq === 7 && error.kind === "event_hash",
  );
});

/** A lie that the right key has signed, and by which check it is found out. */
const LIES: readonly (readonly [string, Partial<StateCheckpoint>, string])[] = [
  ["another event hash", { eventHash: "b".repeat(64) }, "event_hash"],
  ["another state", {
    stateBytes: new TextEncoder().encode("{}"),
    stateHash: "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
  }, "replayed_state"],
  ["another event", { eventIndex: 8 }, "event_hash"],
  ["an event beyond the log", { eventIndex: 18 }, "log"],
];

for (const [what, changed, check] of LIES) {
  Deno.test(`${what} is found out in full, whoever signed it`, async () => {
    await using at = await place(18);
    await using log = at.open();
    const key = knownKey();
    const lie = signCheckpoint({ ...readCheckpoint(knownCheckpoint(9)), ...changed }, key);
    const before = await failures();
    const verdict = await verifyFull(lie, key.publicKey, { log, reducer: universeReducer });
    assert.equal(verdict.ok ? undefined : verdict.fault.check, check);
    assert.equal(await failures() - before, 1);
  });
}

async function failures(): Promise<number> {
  const metric = await registry.getSingleMetric("rynxs_checkpoint_verify_failures_total")?.get();
  return metric?.values[0]?.value ?? 0;
}

Deno.test("a damaged log is found out in full, up to the checkpoint's event and not behind it", async () => {
  await using at = await place(18);
  const checkpoint = readCheckpoint(knownCheckpoint(9));
  const { publicKey } = knownKey();
  const damagedAt = async (seq: number) => {
    const from = `"ts":${seq}`;
    await at.writeLines(at.lines.with(seq, at.lines[seq]?.replace(from, `${from}0`) ?? ""));
    await using log = at.open();
    return await verifyFull(checkpoint, publicKey, { log, reducer: universeReducer });
  };
  const before = await damagedAt(7);
  assert.match(before.ok ? "" : `${before.fault.check} ${before.fault.found}`, /^log seq 7: /);
  assert.deepEqual(await damagedAt(10), { ok: true });
});

Deno.test("reading begins behind a trusted checkpoint, and nowhere behind a forged one", async () => {
  await using at = await place(18);
  const { publicKey } = knownKey();
  const checkpoint = readCheckpoint(knownCheckpoint(9));
  const trusted = trustedPosition(checkpoint, publicKey);
  // Nobody who trusts the checkpoint looks at what is before it.
  await at.writeLines(at.lines.with(3, at.lines[3]?.replace('"ts":3', '"ts":4') ?? ""));
  await using log = at.open();
  const seqs = await Array.fromAsync(log.read({ fromSeq: 12, trusted }), ({ seq }) => seq);
  assert.deepEqual(seqs, [12, 13, 14, 15, 16, 17]);
  await assert.rejects(Array.fromAsync(log.read({ fromSeq: 12 })), LogFault);
  const forged = { ...checkpoint, createdAtLogical: new JsonNumber("10") };
  assert.throws(() => trustedPosition(forged, publicKey), CheckpointFaultError);
});
