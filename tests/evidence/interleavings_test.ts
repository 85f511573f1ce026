import assert from "node:assert/strict";
import { LogStoreError } from "../../src/eventlog/log_objects.ts";
import { EvidenceError, type EvidenceErrorKind } from "../../src/evidence/evidence_error.ts";
import type { RecordedLog } from "../../src/evidence/event_recorder.ts";
import type { EvidenceStore } from "../../src/evidence/evidence_store.ts";
import type { ObjectStore } from "../../src/objectstore/object_store.ts";
import { ObjectStoreError } from "../../src/objectstore/object_store_error.ts";
import {
  assertWhole,
  bundleFor,
  type EvidenceFixture,
  expireClaims,
  openEvidence,
  toldOf,
} from "./evidence_fixture.ts";
import { faultyObjects, overriding } from "./faulty_parts.ts";
import { FaultyLog } from "./recorded_logs.ts";

/** A point at which somebody stands still until told to go on. */
class Gate {
  readonly #reached = Promise.withResolvers<void>();
  readonly #opened = Promise.withResolvers<void>();

  /** Resolves once somebody stands there. */
  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  open(): void {
    this.#opened.resolve();
  }

  pass(): Promise<void> {
    this.#reached.resolve();
    return this.#opened.promise;
  }
}

/** Where a request can hang. */
const HANGS: Readonly<Record<string, (fixture: EvidenceFixture, gate: Gate) => EvidenceStore>> = {
  "before its object is written": ({ objects, replica }, gate) =>
    replica({
      objects: overriding(objects, {
        async putObject(key, body, options) {
          await gate.pass();
          return await objects.putObject(key, body, options);
        },
      }),
    }),
  "after its object is written": ({ objects, replica }, gate) =>
    replica({
      objects: overriding(objects, {
        async putObject(key, body, options) {
          const written = await objects.putObject(key, body, options);
          await gate.pass();
          return written;
        },
      }),
    }),
  "before its event is appended": ({ openLog, replica }, gate) =>
    replica({ log: hanging(openLog(), gate, "before") }),
  "after its event is appended": ({ openLog, replica }, gate) =>
    replica({ log: hanging(openLog(), gate, "after") }),
};

function hanging(
  log: ReturnType<EvidenceFixture["openLog"]>,
  gate: Gate,
  when: "before" | "after",
): FaultyLog {
  return new class extends FaultyLog {
    override async append(event: Parameters<FaultyLog["append"]>[0]) {
      if (when === "before") await gate.pass();
      const appended = await super.append(event);
      if (when === "after") await gate.pass();
      return appended;
    }
  }(log, () => "done");
}

function overridingLog(log: RecordedLog, head: RecordedLog["head"]): RecordedLog {
  const records = (fromSeq: number, toSeq?: number) => log.records(fromSeq, toSeq);
  return { head, records, append: (event) => log.append(event) };
}

function refused(kind: EvidenceErrorKind) {
  return (error: unknown) => error instanceof EvidenceError && error.kind === kind;
}

for (const [where, hang] of Object.entries(HANGS)) {
  Deno.test(`a request that hangs ${where} goes on when another has finished it`, async () => {
    await using fixture = await openEvidence();
    const gate = new Gate();
    const hung = hang(fixture, gate).store(bundleFor("d"), "ann");
    await gate.reached;
    await expireClaims(fixture.sql);
    assert.equal(await fixture.evidence.finishPending(), 1);
    const found = await fixture.evidence.find("d");
    gate.open();
    const { created, kept } = await hung;
    assert.ok(created);
    assert.deepEqual(kept, found);
    await assertWhole(fixture);
  });

  Deno.test(`a request that hangs ${where} brings nothing back that was deleted meanwhile`, async () => {
    await using fixture = await openEvidence();
    const gate = new Gate();
    const hung = hang(fixture, gate).store(bundleFor("d"), "ann");
    await gate.reached;
    await expireClaims(fixture.sql);
    await fixture.evidence.finishPending();
    await fixture.evidence.remove("d", "bob");
    gate.open();
    assert.ok((await hung).created);
    await assert.rejects(fixture.evidence.read("d"), refused("gone"));
    await assertWhole(fixture);
  });

  Deno.test(`who comes while a request hangs ${where} helps it on`, async () => {
    await using fixture = await openEvidence();
    const gate = new Gate();
    const hung = hang(fixture, gate).store(bundleFor("d"), "ann");
    await gate.reached;
    const same = await fixture.evidence.store(bundleFor("d"), "bob");
    assert.equal(same.created, false);
    await assert.rejects(
      fixture.evidence.store(bundleFor("d", { metadata: {} }), "bob"),
      refused("conflict"),
    );
    gate.open();
    assert.deepEqual((await hung).kept, same.kept);
    await assertWhole(fixture);
  });
}

Deno.test("an object that is written while its deletion waits for its event is deleted again", async () => {
  await using fixture = await openEvidence();
  const gate = new Gate();
  const hung = HANGS["before its object is written"]?.(fixture, gate).store(bundleFor("d"), "ann");
  await gate.reached;
  await expireClaims(fixture.sql);
  await fixture.evidence.finishPending();
  const log = new FaultyLog(fixture.openLog(), () => "lost");
  await assert.rejects(fixture.replica({ log }).remove("d", "bob"), LogStoreError);
  gate.open();
  await hung;
  await fixture.evidence.finishPending();
  await assertWhole(fixture);
  await assert.rejects(fixture.evidence.find("d"), refused("gone"));
});

Deno.test("one that a store refuses leaves nothing behind, and the id can be used", async () => {
  for (const kind of ["Refused", "AccessDenied", "NotFound"] as const) {
    await using fixture = await openEvidence();
    const objects = faultyObjects(fixture.objects, () => "before", kind);
    await assert.rejects(fixture.replica({ objects }).store(bundleFor("d"), "ann"), { kind });
    await assertWhole(fixture);
    await assert.rejects(fixture.evidence.find("d"), refused("notFound"));
    assert.ok((await fixture.evidence.store(bundleFor("d", { metadata: {} }), "ann")).created);
    await assertWhole(fixture);
  }
});

Deno.test("one that a store refuses is not taken back when somebody else has taken it over", async () => {
  await using fixture = await openEvidence();
  const gate = new Gate();
  const refusing = faultyObjects(fixture.objects, () => "before", "Refused");
  const objects: ObjectStore = overriding(fixture.objects, {
    async putObject(key, body, options) {
      await gate.pass();
      return await refusing.putObject(key, body, options);
    },
  });
  const hung = fixture.replica({ objects }).store(bundleFor("d"), "ann");
  await gate.reached;
  await expireClaims(fixture.sql);
  const other = new Gate();
  const finishing = fixture.replica({
    objects: overriding(fixture.objects, {
      async putObject(key, body, options) {
        await other.pass();
        return await fixture.objects.putObject(key, body, options);
      },
    }),
  }).finishPending();
  await other.reached;
  gate.open();
  await assert.rejects(hung, { kind: "Refused" });
  other.open();
  assert.equal(await finishing, 1);
  await assertWhole(fixture);
  assert.equal((await fixture.evidence.read("d")).kept.version, "1.0");
});

Deno.test("an object that nobody knows is a conflict, and stays as it is", async () => {
  await using fixture = await openEvidence();
  const key = "evidence/decision/2026/05/d.json";
  await fixture.objects.putObject(key, new TextEncoder().encode("somebody's"));
  const bundle = bundleFor("d", { createdAt: "2026-05-01T12:00:00Z" });
  await assert.rejects(fixture.evidence.store(bundle, "ann"), refused("conflict"));
  const { bytes } = await fixture.objects.getObject(key);
  assert.equal(new TextDecoder().decode(bytes), "somebody's");
  assert.deepEqual(await toldOf(fixture.log), []);
  await fixture.objects.deleteObject(key);
  await assertWhole(fixture);
});

Deno.test("an object is known by its bytes, in a store that forgets what was said of it as well", async () => {
  await using fixture = await openEvidence();
  const { evidence, objects } = fixture;
  const forgetful = overriding(objects, {
    async putObject(key, body, options) {
      await objects.putObject(key, body, { ...options, metadata: {} });
      throw new ObjectStoreError("Unavailable", "the answer was lost", { code: "Lost" });
    },
  });
  const createdAt = "2026-01-15T00:00:00Z";
  const stored = fixture.replica({ objects: forgetful }).store(
    bundleFor("d", { createdAt }),
    "ann",
  );
  await assert.rejects(stored, { kind: "Unavailable" });
  assert.equal(await evidence.finishPending(), 1);
  await evidence.read("d");

  // What says that it has the digest of another one is another one.
  const away = fixture.replica({ objects: faultyObjects(objects, () => "before") });
  await assert.rejects(away.store(bundleFor("e", { createdAt }), "ann"), { kind: "Unavailable" });
  const [row] = await fixture.sql<{ description: { metadata: Record<string, string> } }[]>`
    SELECT description FROM evidence_outbox`;
  const key = "evidence/decision/2026/01/e.json";
  await objects.putObject(key, new TextEncoder().encode("theirs"), row?.description);
  assert.equal(await evidence.finishPending(), 0);
  await objects.deleteObject(key);
  await assertWhole(fixture);
});

Deno.test("two processes that store at once: one has stored it, the other finds the same or a conflict", async () => {
  await using fixture = await openEvidence();
  const processes = [fixture.replica(), fixture.replica()];
  for (let n = 0; n < 20; n++) {
    const isSame = n % 2 === 0;
    const outcomes = await Promise.all(
      processes.map((process, index) =>
        process.store(bundleFor(`d${n}`, isSame ? {} : { metadata: { by: `p${index}` } }), "ann")
          .then(({ created }) => created ? "created" : "there", (error) => error.kind)
      ),
    );
    assert.deepEqual(outcomes.sort(), isSame ? ["created", "there"] : ["conflict", "created"]);
  }
  await assertWhole(fixture);
});

Deno.test("of corrections of the same version one is stored", async () => {
  await using fixture = await openEvidence();
  const processes = [fixture.replica(), fixture.replica(), fixture.replica()];
  for (let n = 0; n < 10; n++) {
    const { kept: { checksum: corrects } } = await fixture.evidence.store(
      bundleFor(`d${n}`),
      "ann",
    );
    const outcomes = await Promise.all(processes.map((process, index) =>
      // Of another checksum, so that none of them can follow another one.
      process.store(bundleFor(`d${n}`, { evidenceData: `by ${index}`, corrects }), "ann")
        .then(() => "created", (error) => error.kind)
    ));
    assert.deepEqual(outcomes.sort(), ["conflict", "conflict", "created"]);
    assert.equal((await fixture.evidence.versions(`d${n}`)).length, 2);
  }
  await assertWhole(fixture);
});

Deno.test("a hold and a deletion at once exclude each other", async () => {
  await using fixture = await openEvidence();
  const processes = [fixture.replica(), fixture.replica()];
  const seen = new Set<string>();
  for (let n = 0; n < 30; n++) {
    const id = `d${n}`;
    await fixture.evidence.store(bundleFor(id), "ann");
    const outcomes = await Promise.all([
      processes[0]?.hold(id, "a case", "ann").then(() => "held", (error) => error.kind),
      processes[1]?.remove(id, "bob").then(() => "deleted", (error) => error.kind),
    ]);
    seen.add(outcomes.join());
  }
  for (const outcome of seen) {
    assert.ok(["held,retained", "gone,deleted"].includes(outcome), outcome);
  }
  await assertWhole(fixture);
});

Deno.test("what may be taken back yet is not held", async () => {
  await using fixture = await openEvidence();
  const [beforeHold, beforePut] = [new Gate(), new Gate()];
  const log = fixture.openLog();
  const holder = fixture.replica({
    log: overridingLog(log, async () => {
      await beforeHold.pass();
      return await log.head();
    }),
  });
  const storer = fixture.replica({
    objects: overriding(fixture.objects, {
      async putObject() {
        await beforePut.pass();
        throw new ObjectStoreError("Refused", "never", { code: "Never" });
      },
    }),
  });
  const held = assert.rejects(holder.hold("d", "a case", "ann"), refused("notFound"));
  await beforeHold.reached;
  const stored = assert.rejects(storer.store(bundleFor("d"), "ann"), { kind: "Refused" });
  await beforePut.reached;
  beforeHold.open();
  await held;
  beforePut.open();
  await stored;
  await assertWhole(fixture);
});

Deno.test("a correction and a deletion at once leave all of it or nothing", async () => {
  await using fixture = await openEvidence();
  const processes = [fixture.replica(), fixture.replica()];
  for (let n = 0; n < 20; n++) {
    const id = `d${n}`;
    const { kept: { checksum: corrects } } = await fixture.evidence.store(bundleFor(id), "ann");
    await Promise.allSettled([
      processes[0]?.store(bundleFor(id, { metadata: {}, corrects }), "ann"),
      processes[1]?.remove(id, "bob"),
    ]);
    const states = await fixture.sql<{ state: string }[]>`
      SELECT DISTINCT state FROM evidence_bundles WHERE decision_id = ${id}`;
    assert.deepEqual([...states].map(({ state }) => state), ["deleted"]);
  }
  await assertWhole(fixture);
});

Deno.test("several processes that finish what is due do each thing once", async () => {
  await using fixture = await openEvidence();
  const objects = faultyObjects(fixture.objects, () => "before");
  const failing = fixture.replica({ objects });
  for (let n = 0; n < 20; n++) {
    await assert.rejects(failing.store(bundleFor(`d${n}`), "ann"), { kind: "Unavailable" });
  }
  const processes = Array.from({ length: 3 }, () => fixture.replica());
  const finished = await Promise.all(processes.map((process) => process.finishPending()));
  assert.equal(finished.reduce((sum, count) => sum + count), 20);
  await assertWhole(fixture);
});

Deno.test("one that cannot be finished holds up no other, and is tried again later each time", async () => {
  await using fixture = await openEvidence();
  const { sql } = fixture;
  const all = faultyObjects(fixture.objects, () => "before");
  for (const id of ["a", "b", "c", "d", "e", "f", "g"]) {
    await assert.rejects(fixture.replica({ objects: all }).store(bundleFor(id), "ann"));
  }
  const objects = faultyObjects(
    fixture.objects,
    (_, key) => /\/[abcde]\.json$/.test(key) ? "before" : "done",
  );
  const failing = fixture.replica({ objects });
  const failed: string[] = [];
  assert.equal(await failing.finishPending(({ decisionId }) => failed.push(decisionId)), 2);
  assert.deepEqual(failed.sort(), ["a", "b", "c", "d", "e"]);
  assert.equal(await failing.finishPending(), 0);
  const wait = async () => {
    const [row] = await sql<{ seconds: number }[]>`
      SELECT extract(epoch FROM min(not_before) - now())::int AS seconds FROM evidence_outbox`;
    return row?.seconds ?? 0;
  };
  const first = await wait();
  await expireClaims(sql);
  await failing.finishPending();
  assert.ok(await wait() > first, "it is not tried more rarely");
  await expireClaims(sql);
  assert.equal(await fixture.evidence.finishPending(), 5);
  await assertWhole(fixture);
});

Deno.test("nothing more is begun while very much cannot be finished", async () => {
  await using fixture = await openEvidence();
  const { evidence, sql } = fixture;
  const stored = (await evidence.store(bundleFor("before"), "ann")).kept;
  await sql`
    INSERT INTO evidence_outbox (id, decision_id, object_key, action, event_type, payload, from_seq,
      attempts, not_before)
    SELECT gen_random_uuid(), 'x' || n, '', 'none', 'EvidenceHeld', '{}', 0, 1,
      now() + interval '1 day'
    FROM generate_series(1, 1000) AS n`;
  await assert.rejects(evidence.store(bundleFor("after"), "ann"), { kind: "Throttled" });
  assert.deepEqual((await evidence.store(bundleFor("before"), "ann")).kept, stored);
  await sql`DELETE FROM evidence_outbox WHERE decision_id = 'x1'`;
  assert.equal((await evidence.store(bundleFor("after"), "ann")).created, true);
});

Deno.test("what stops begins nothing more", async () => {
  await using fixture = await openEvidence();
  const objects = faultyObjects(fixture.objects, () => "before");
  for (const id of ["a", "b"]) {
    await assert.rejects(fixture.replica({ objects }).store(bundleFor(id), "ann"));
  }
  assert.equal(await fixture.evidence.finishPending(() => {}, AbortSignal.abort()), 0);
  assert.equal(await fixture.evidence.finishPending(), 2);
});

Deno.test("one whose place another program has taken meanwhile is dropped, and told of once", async () => {
  await using fixture = await openEvidence();
  const { evidence, objects, sql } = fixture;
  const away = fixture.replica({ objects: faultyObjects(objects, () => "before") });
  const [createdAt, key] = ["2026-01-15T00:00:00Z", "evidence/decision/2026/01/d.json"];
  await assert.rejects(away.store(bundleFor("d", { createdAt }), "ann"), { kind: "Unavailable" });
  await objects.putObject(key, new TextEncoder().encode("theirs"));
  const failed: unknown[] = [];
  assert.equal(await evidence.finishPending((_, error) => failed.push(error)), 0);
  assert.deepEqual(failed.map((error) => error instanceof EvidenceError && error.kind), [
    "conflict",
  ]);
  assert.deepEqual([...await sql`SELECT id FROM evidence_outbox`], []);
  await assert.rejects(evidence.find("d"), refused("notFound"));
  assert.equal(new TextDecoder().decode((await objects.getObject(key)).bytes), "theirs");
  await objects.deleteObject(key);
  assert.equal((await evidence.store(bundleFor("d", { createdAt }), "ann")).created, true);
  await assertWhole(fixture);
});

Deno.test("one whose object was written over before it was finished is damaged, and not dropped", async () => {
  await using fixture = await openEvidence();
  const { evidence, objects } = fixture;
  const away = fixture.replica({ log: new FaultyLog(fixture.openLog(), () => "ghost") });
  const [createdAt, key] = ["2026-01-15T00:00:00Z", "evidence/decision/2026/01/d.json"];
  await assert.rejects(away.store(bundleFor("d", { createdAt }), "ann"), LogStoreError);
  await objects.putObject(key, new TextEncoder().encode("theirs"));
  assert.equal(await evidence.finishPending(), 1);
  await assert.rejects(evidence.read("d"), refused("damaged"));
  await assertWhole(fixture);
});
