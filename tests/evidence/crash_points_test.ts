import assert from "node:assert/strict";
import type { EvidenceStore } from "../../src/evidence/evidence_store.ts";
import {
  assertWhole,
  bundleFor,
  type EvidenceFixture,
  expireClaims,
  openEvidence,
} from "./evidence_fixture.ts";
import { type CallFate, faultyObjects, faultySql } from "./faulty_parts.ts";
import { type AppendFate, FaultyLog } from "./recorded_logs.ts";

/** Where a process stops: at a call of one of the three parts, before or after that has its effect. */
interface CrashPoint {
  readonly part: "database" | "objects" | "log";
  /** Which one of its calls, from 1 on. */
  readonly call: number;
  readonly fate: Exclude<CallFate, "done">;
}

/** More calls of a part than any operation needs. */
const MOST_CALLS = 12;

const POINTS: readonly CrashPoint[] = (["database", "objects", "log"] as const).flatMap((part) =>
  Array.from({ length: part === "database" ? MOST_CALLS : 3 }, (_, index) => index + 1).flatMap(
    (call) => (["before", "after"] as const).map((fate) => ({ part, call, fate })),
  )
);

/** A process that ends at a point: from there on nothing that it tries has an effect. */
class Crash {
  isReached = false;
  readonly evidence: EvidenceStore;

  constructor(fixture: EvidenceFixture, point: CrashPoint) {
    const fateOf = (part: CrashPoint["part"]): () => CallFate => {
      let calls = 0;
      return () => {
        if (this.isReached) return "before";
        if (part !== point.part || ++calls !== point.call) return "done";
        this.isReached = true;
        return point.fate;
      };
    };
    const appendFate = (fate: () => CallFate) => (): AppendFate =>
      ({ done: "done", before: "lost", after: "ghost" } as const)[fate()];
    this.evidence = fixture.replica({
      sql: faultySql(fixture.sql, fateOf("database")),
      objects: faultyObjects(fixture.objects, fateOf("objects")),
      log: new FaultyLog(fixture.openLog(), appendFate(fateOf("log"))),
    });
  }
}

interface Operation {
  readonly name: string;
  prepare(evidence: EvidenceStore, id: string): Promise<unknown>;
  run(evidence: EvidenceStore, id: string): Promise<unknown>;
  /** After the same request was sent again to a process that is well. */
  check(evidence: EvidenceStore, id: string): Promise<void>;
}

async function correct(evidence: EvidenceStore, id: string): Promise<void> {
  const { checksum } = await evidence.find(id, "1.0");
  await evidence.store(bundleFor(id, { metadata: {}, corrects: checksum }), "ann");
}

const OPERATIONS: readonly Operation[] = [
  {
    name: "storing",
    prepare: () => Promise.resolve(),
    run: (evidence, id) => evidence.store(bundleFor(id), "ann"),
    check: async (evidence, id) => assert.equal((await evidence.read(id)).kept.version, "1.0"),
  },
  {
    name: "correcting",
    prepare: (evidence, id) => evidence.store(bundleFor(id), "ann"),
    run: correct,
    check: async (evidence, id) => assert.equal((await evidence.read(id)).kept.version, "2.0"),
  },
  {
    name: "deleting",
    prepare: async (evidence, id) => {
      await evidence.store(bundleFor(id), "ann");
      await correct(evidence, id);
    },
    run: (evidence, id) => evidence.remove(id, "ann"),
    check: (evidence, id) => assert.rejects(evidence.read(id), { kind: "gone" }),
  },
  {
    name: "holding",
    prepare: (evidence, id) => evidence.store(bundleFor(id), "ann"),
    run: (evidence, id) => evidence.hold(id, "a case", "ann"),
    check: (evidence, id) => assert.rejects(evidence.remove(id, "ann"), { kind: "retained" }),
  },
  {
    name: "releasing",
    prepare: async (evidence, id) => {
      await evidence.store(bundleFor(id), "ann");
      await evidence.hold(id, "a case", "ann");
    },
    run: (evidence, id) => evidence.release(id, "ann"),
    check: async (evidence, id) => assert.equal(await evidence.findHold(id), undefined),
  },
];

/** What is not there any more was done before: no fault of a request that is sent again. */
const DONE_BEFORE = new Set(["gone", "notFound"]);

async function sendAgain(operation: Operation, evidence: EvidenceStore, id: string): Promise<void> {
  try {
    await operation.run(evidence, id);
  } catch (error) {
    const kind = error instanceof Error && "kind" in error ? String(error.kind) : "";
    if (!DONE_BEFORE.has(kind)) throw error;
  }
}

/** Who goes on with what a process has left: a process that has not seen the log before. */
const SUCCESSORS: Readonly<
  Record<string, (fixture: EvidenceFixture, operation: Operation, id: string) => Promise<void>>
> = {
  "another process that finds it": async (fixture) => {
    await expireClaims(fixture.sql);
    await fixture.replica().finishPending((_, error) => {
      throw error;
    });
    await assertWhole(fixture);
  },
  "the same request that is sent again": async (fixture, operation, id) => {
    await expireClaims(fixture.sql);
    await sendAgain(operation, fixture.replica(), id);
  },
};

for (const operation of OPERATIONS) {
  for (const [name, goOn] of Object.entries(SUCCESSORS)) {
    Deno.test(`${operation.name} that stops at any point is finished by ${name}`, async () => {
      await using fixture = await openEvidence();
      const { evidence } = fixture;
      const reached: string[] = [];
      for (const [index, point] of POINTS.entries()) {
        const id = `d-${index}`;
        await operation.prepare(evidence, id);
        const crash = new Crash(fixture, point);
        const failed = await operation.run(crash.evidence, id).then(() => undefined, (e) => e);
        if (!crash.isReached) continue;
        const said = `${point.part} ${point.call} ${point.fate}`;
        assert.ok(failed instanceof Error, `${said}: it was acknowledged`);
        reached.push(said);
        await goOn(fixture, operation, id);
        await sendAgain(operation, evidence, id);
        await operation.check(evidence, id);
        await assertWhole(fixture);
      }
      assert.ok(reached.length >= 8, `only these were reached: ${reached}`);
    });
  }
}
