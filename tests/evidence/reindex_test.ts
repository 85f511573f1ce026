import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { JsonObject } from "../../src/eventlog/json.ts";
import type { KeptBundle } from "../../src/evidence/model.ts";
import {
  assertWhole,
  attach,
  bundleFor,
  type EvidenceFixture,
  expireClaims,
  openEvidence,
  toldOf,
} from "./evidence_fixture.ts";
import { ObjectStoreError } from "../../src/objectstore/object_store_error.ts";
import { faultyObjects, overriding } from "./faulty_parts.ts";

/** What Python writes of `{"a": 1.0, "b": "ä"}`. */
const PYTHON_CHECKSUM = createHash("sha256").update('{"a": 1.0, "b": "\\u00e4"}').digest("hex");

function pythonBundle(more: Readonly<Record<string, unknown>> = {}): string {
  const bundle = {
    decision_id: "py-1",
    evidence_type: "decision",
    version: "1.0",
    created_at: "2024-03-31T23:59:59.123456",
    checksum: PYTHON_CHECKSUM,
    metadata: { model: "m" },
    ...more,
  };
  const evidence = '"evidence_data": {"b": "\\u00e4", "a": 1.0}';
  return `{${evidence}, ${JSON.stringify(bundle).slice(1)}`;
}

async function put({ objects }: EvidenceFixture, key: string, text: string): Promise<void> {
  await objects.putObject(key, new TextEncoder().encode(text));
}

async function lose({ sql }: EvidenceFixture): Promise<void> {
  await sql`TRUNCATE evidence_bundles, evidence_attachments, evidence_outbox, evidence_holds`;
}

/** Without the times at which things came in: an event's is what is left of them. */
function facts({ storedAt: _, ...kept }: KeptBundle) {
  return kept;
}

Deno.test("an index that was lost is made again from the log and the objects", async () => {
  await using fixture = await openEvidence();
  const { evidence } = fixture;
  const before: KeptBundle[] = [];
  for (let n = 0; n < 5; n++) before.push((await evidence.store(bundleFor(`d${n}`), "ann")).kept);
  const [first] = before;
  const second = bundleFor("d0", {
    metadata: {},
    corrects: first?.checksum,
    createdAt: "1999-01-01T00:00:00Z",
  });
  before.push((await evidence.store(second, "ann")).kept);
  await evidence.remove("d4", "ann");
  await evidence.hold("d3", "a case", "ann");
  await evidence.hold("d2", "another", "ann");
  await evidence.release("d2", "ann");
  await lose(fixture);
  await assert.rejects(evidence.find("d0"), { kind: "notFound" });

  const { faults, ...counts } = await evidence.reindex();
  assert.deepEqual(faults, []);
  assert.deepEqual(counts, { bundles: 5, attachments: 0, withoutEvent: 0, wrong: 0 });
  for (const kept of before.filter(({ decisionId }) => decisionId !== "d4")) {
    assert.deepEqual(facts(await evidence.find(kept.decisionId, kept.version)), facts(kept));
    const { storedAt } = await evidence.find(kept.decisionId, kept.version);
    assert.ok(Math.abs(storedAt.getTime() - kept.storedAt.getTime()) < 60_000);
  }
  await assert.rejects(evidence.find("d4"), { kind: "gone" });
  await assert.rejects(evidence.remove("d3", "ann"), { kind: "retained" });
  assert.equal(await evidence.findHold("d2"), undefined);
  assert.equal((await evidence.store(bundleFor("d1"), "ann")).created, false);
  await assert.rejects(evidence.store(bundleFor("d1", { metadata: {} }), "ann"), {
    kind: "conflict",
  });
  await assertWhole(fixture);
  assert.deepEqual(await evidence.reindex(), { ...counts, faults });
});

Deno.test("bundles that a Python program has written are found, verified and written once", async () => {
  await using fixture = await openEvidence();
  const { evidence } = fixture;
  const key = "evidence/decision/2024/03/py-1.json";
  await put(fixture, key, pythonBundle());
  const { bundles, withoutEvent, faults } = await evidence.reindex();
  assert.deepEqual({ bundles, withoutEvent, faults }, { bundles: 1, withoutEvent: 1, faults: [] });
  const { bundle, kept } = await evidence.read("py-1");
  assert.equal(kept.createdAt.toISOString(), "2024-03-31T23:59:59.123Z");
  assert.equal(kept.event, undefined);
  const same = {
    decisionId: "py-1",
    evidenceType: "decision",
    metadata: bundle.metadata,
    evidenceData: bundle.evidenceData,
    createdAt: "2024-04-01T01:59:59.123456+02:00",
  };
  assert.equal((await evidence.store(same, "ann")).created, false);
  const other = { ...same, metadata: {} };
  await assert.rejects(evidence.store(other, "ann"), { kind: "conflict" });
  const corrected = await evidence.store({ ...other, corrects: kept.checksum }, "ann");
  assert.equal(corrected.kept.version, "2.0");
});

Deno.test("attachments are in the index again, with their events and without", async () => {
  await using fixture = await openEvidence();
  const { evidence, log, objects } = fixture;
  await evidence.store(bundleFor("d"), "ann");
  const key = await attach(evidence, "d", "a.txt");
  const before = await evidence.findAttachment("d", "a.txt");
  await attach(evidence, "d", "deleted.txt");
  await evidence.removeAttachment("d", "deleted.txt", "ann");
  const found = new TextEncoder().encode("somebody has put it there");
  const description = { contentType: "text/csv" };
  await objects.putObject(key.replace("a.txt", "found.csv"), found, description);
  await objects.putObject(key.replace("/d/a.txt", "/nobody/a.txt"), found, description);
  await lose(fixture);

  const { faults, ...counts } = await evidence.reindex();
  assert.deepEqual(counts, { bundles: 1, attachments: 2, withoutEvent: 1, wrong: 1 });
  assert.match(faults[0]?.problem ?? "", /no evidence that it is attached to/);
  const after = await evidence.findAttachment("d", "a.txt");
  assert.deepEqual({ ...after, storedAt: "" }, { ...before, storedAt: "" });
  const { contentType, event, sha256, size } = await evidence.findAttachment("d", "found.csv");
  assert.deepEqual({ contentType, event, sha256, size }, {
    contentType: "text/csv",
    event: undefined,
    sha256: createHash("sha256").update(found).digest("hex"),
    size: found.length,
  });
  await assert.rejects(evidence.findAttachment("d", "deleted.txt"), { kind: "gone" });
  assert.equal((await toldOf(log)).length, 4);
});

Deno.test("what may not be read, or cannot be asked for, keeps nothing else out of the index", async () => {
  await using fixture = await openEvidence();
  await fixture.evidence.store(bundleFor("d"), "ann");
  const key = await attach(fixture.evidence, "d", "a.txt");
  // Nobody can ask for a name but in the form NFC.
  const decomposed = key.replace("a.txt", "a\u0308.txt");
  await put(fixture, decomposed, "x");
  const archived = "evidence/decision/2024/01/archived.json";
  await put(fixture, archived, "{}");
  await put(fixture, "evidence/decision/2024/03/py-1.json", pythonBundle());
  const objects = overriding(fixture.objects, {
    async getObject(key, options) {
      if (key !== archived) return await fixture.objects.getObject(key, options);
      const code = "InvalidObjectState";
      throw new ObjectStoreError("AccessDenied", "it is in an archive", { code });
    },
  });
  const { faults, ...counts } = await fixture.replica({ objects }).reindex();
  assert.deepEqual(counts, { bundles: 2, attachments: 1, withoutEvent: 1, wrong: 2 });
  assert.deepEqual(faults, [
    { key: archived, problem: "it cannot be read: InvalidObjectState" },
    { key: decomposed, problem: "it is no attachment" },
  ]);
});

Deno.test("the id of a bundle of another program that was deleted is known to be gone", async () => {
  await using fixture = await openEvidence();
  const { evidence } = fixture;
  await put(fixture, "evidence/decision/2024/03/py-1.json", pythonBundle());
  await evidence.reindex();
  await evidence.remove("py-1", "ann");
  await lose(fixture);
  assert.deepEqual((await evidence.reindex()).faults, []);
  await assert.rejects(evidence.find("py-1"), { kind: "gone" });
});

Deno.test("corrections follow what they correct, wherever their months are", async () => {
  await using fixture = await openEvidence();
  const { evidence } = fixture;
  const months = ["2026-05", "2026-03", "2026-04", "2026-01"];
  let corrects: string | undefined;
  for (const [index, month] of months.entries()) {
    const createdAt = `${month}-01T00:00:00Z`;
    const bundle = bundleFor("d", { evidenceData: `v${index}`, createdAt, corrects });
    corrects = (await evidence.store(bundle, "ann")).kept.checksum;
  }
  const versions = await evidence.versions("d");
  await lose(fixture);
  // Another log, which knows nothing of them.
  await using elsewhere = await openEvidence();
  const without = fixture.replica({ log: elsewhere.log });
  const { faults, withoutEvent } = await without.reindex();
  assert.deepEqual({ faults, withoutEvent }, { faults: [], withoutEvent: 4 });
  assert.deepEqual(
    (await without.versions("d")).map(({ ordinal, version }) => ({ ordinal, version })),
    versions.map(({ ordinal, version }) => ({ ordinal, version })),
  );
});

const WRONG: readonly {
  readonly name: string;
  readonly key: string;
  readonly text: string;
  readonly problem: RegExp;
}[] = [
  {
    name: "no JSON",
    key: "evidence/decision/2024/03/py-1.json",
    text: "{",
    problem: /no bundle: it is not JSON/,
  },
  {
    name: "another month",
    key: "evidence/decision/2024/04/py-1.json",
    text: pythonBundle(),
    problem: /its place is evidence\/decision\/2024\/03\/py-1.json/,
  },
  {
    name: "another id",
    key: "evidence/decision/2024/03/py-2.json",
    text: pythonBundle(),
    problem: /its place is/,
  },
  {
    name: "a wrong checksum",
    key: "evidence/decision/2024/03/py-1.json",
    text: pythonBundle({ checksum: "0".repeat(64) }),
    problem: /its checksum is wrong/,
  },
  {
    name: "a correction of nothing",
    key: "evidence/decision/2024/03/py-1@2.0.json",
    text: pythonBundle({ version: "2.0", metadata: { previous: { key: "evidence/x" } } }),
    problem: /what it corrects is not in the index/,
  },
];

Deno.test("what is no evidence is told of", async () => {
  for (const { key, name, problem, text } of WRONG) {
    await using fixture = await openEvidence();
    await put(fixture, key, text);
    const { faults, wrong } = await fixture.evidence.reindex();
    assert.equal(wrong, 1, name);
    assert.equal(faults[0]?.key, key, name);
    assert.match(faults[0]?.problem ?? "", problem, name);
  }
});

Deno.test("a bundle whose checksum is wrong is damaged for whoever asks, and not unknown", async () => {
  await using fixture = await openEvidence();
  const text = pythonBundle({ checksum: "0".repeat(64) });
  await put(fixture, "evidence/decision/2024/03/py-1.json", text);
  await fixture.evidence.reindex();
  await assert.rejects(fixture.evidence.read("py-1"), {
    kind: "damaged",
    members: {
      decision_id: "py-1",
      version: "1.0",
      key: "evidence/decision/2024/03/py-1.json",
      what: "checksum",
      expected: "0".repeat(64),
      found: PYTHON_CHECKSUM,
    },
  });
});

Deno.test("objects that were lost, changed or brought back are told of", async () => {
  for (const isIndexLost of [false, true]) {
    await using fixture = await openEvidence();
    const { evidence, objects } = fixture;
    const keys: string[] = [];
    for (const id of ["changed", "deleted", "lost", "whole"]) {
      keys.push((await evidence.store(bundleFor(id), "ann")).kept.key);
    }
    const [changed = "", deleted = "", lost = ""] = keys;
    const { text } = await evidence.read("changed");
    await put(fixture, changed, text.replace("credit", "stolen"));
    await objects.deleteObject(lost);
    await evidence.remove("deleted", "ann");
    await put(fixture, deleted, text);
    if (isIndexLost) await lose(fixture);
    const { faults } = await evidence.reindex();
    const told = Object.fromEntries(faults.map(({ key, problem }) => [key, problem]));
    // As long as before, and in an index that was not lost: only reading it would tell.
    const ofChanged = isIndexLost
      ? { [changed]: "it is not what its event, or the index, tells of" }
      : {};
    assert.deepEqual(told, {
      ...ofChanged,
      [deleted]: "it was deleted, and an object is there again",
      [lost]: "it is not there",
    });
    await assert.rejects(evidence.read("changed"), { kind: "damaged" });
    await assert.rejects(evidence.read("lost"), { kind: "damaged" });
    await assert.rejects(evidence.read("deleted"), { kind: "gone" });
    assert.equal((await evidence.read("whole")).kept.version, "1.0");
  }
});

Deno.test("what is under way is left alone", async () => {
  await using fixture = await openEvidence();
  const { evidence, objects } = fixture;
  const fates = ["before", "after"] as const;
  for (const fate of fates) {
    const failing = fixture.replica({ objects: faultyObjects(objects, () => fate) });
    await assert.rejects(failing.store(bundleFor(`stored-${fate}`), "ann"));
    await evidence.store(bundleFor(`deleted-${fate}`), "ann");
    await assert.rejects(failing.remove(`deleted-${fate}`, "ann"));
  }
  const { faults, bundles } = await evidence.reindex();
  assert.deepEqual({ faults, bundles }, { faults: [], bundles: 0 });
  await expireClaims(fixture.sql);
  assert.equal(await evidence.finishPending(), 4);
  await assertWhole(fixture);
});

const HELD = {
  decision_id: "d",
  operation: "00000000-0000-4000-8000-000000000000",
  actor: "eve",
  placed_at: "2026-01-01T00:00:00Z",
};

Deno.test("events that somebody else has written are told of, and believed only in part", async () => {
  await using fixture = await openEvidence();
  const { evidence, log } = fixture;
  const { kept } = await evidence.store(bundleFor("d"), "ann");
  const events: readonly { readonly type: string; readonly payload: JsonObject }[] = [
    { type: "EvidenceStored", payload: { decision_id: "x/y" } },
    { type: "EvidenceStored", payload: { decision_id: "x", created_at: "never" } },
    { type: "EvidenceReleased", payload: { decision_id: "d", hold: "none" } },
    { type: "AttachmentStored", payload: { decision_id: "d", name: "../a", key: "a" } },
    { type: "EvidenceDeleted", payload: { decision_id: "d", key: "a\0b" } },
    { type: "EvidenceHeld", payload: { ...HELD, reason: "a\0b" } },
    { type: "EvidenceStored", payload: { decision_id: "x", created_at: "0000-01-01T00:00:00" } },
    { type: "Other", payload: { decision_id: "d" } },
  ];
  for (const event of events) await log.append({ aggregate_id: "d", ...event });
  const { faults } = await evidence.reindex();
  const expected = events.slice(0, -1).map((_, index) => `seq ${index + 1}`);
  assert.deepEqual(faults.map(({ key }) => key), expected);
  assert.deepEqual(await evidence.find("d"), kept);
});
