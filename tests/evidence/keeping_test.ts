import assert from "node:assert/strict";
import { assertWhole, attach, bundleFor, openEvidence, toldOf } from "./evidence_fixture.ts";
import { faultyObjects, overriding } from "./faulty_parts.ts";

const DAY = 86_400_000;

Deno.test("evidence is deleted with one event for each version, and its id is not used again", async () => {
  await using fixture = await openEvidence();
  const { evidence, log } = fixture;
  const { kept } = await evidence.store(bundleFor("d"), "ann");
  await evidence.store(bundleFor("d", { metadata: {}, corrects: kept.checksum }), "ann");
  const places = await evidence.remove("d", "bob");
  assert.deepEqual(places.map(({ seq }) => seq), [2, 3]);
  const [, , , last] = await toldOf(log);
  assert.deepEqual({ ...last?.payload, operation: "", size: "" }, {
    operation: "",
    decision_id: "d",
    key: kept.key,
    checksum: kept.checksum,
    sha256: kept.sha256,
    size: "",
    actor: "bob",
    evidence_type: "decision",
    version: "1.0",
    created_at: kept.storedAt.toISOString(),
  });
  const requests: readonly (() => Promise<unknown>)[] = [
    () => evidence.find("d"),
    () => evidence.read("d", "1.0"),
    () => evidence.versions("d"),
    () => evidence.remove("d", "ann"),
    () => evidence.hold("d", "why", "ann"),
    () => evidence.store(bundleFor("d"), "ann"),
  ];
  for (const request of requests) await assert.rejects(request, { kind: "gone" });
  assert.deepEqual(await evidence.list({ limit: 10 }), []);
  await assert.rejects(evidence.remove("never", "ann"), { kind: "notFound" });
  await assertWhole(fixture);
});

Deno.test("attachments go with the evidence, each with its event, and first", async () => {
  await using fixture = await openEvidence();
  const { evidence, log, objects } = fixture;
  const { kept } = await evidence.store(bundleFor("d"), "ann");
  const keys = [
    await attach(evidence, "d", "a.txt"),
    await attach(evidence, "d", "b.txt"),
    kept.key,
  ];
  await evidence.store(bundleFor("other"), "ann");
  const failing = fixture.replica({
    objects: faultyObjects(objects, (_, key) => key.endsWith("a.txt") ? "before" : "done"),
  });
  await assert.rejects(failing.remove("d", "bob"), { kind: "Unavailable" });
  await assert.rejects(attach(evidence, "d", "c.txt"), { kind: "gone" });
  assert.equal((await evidence.remove("d", "bob")).length, 1);
  const deleted = (await toldOf(log)).filter(({ type }) => type === "EvidenceDeleted");
  assert.deepEqual(deleted.map(({ key }) => key), [keys[1], keys[2], keys[0]]);
  const left: string[] = [];
  for await (const entry of objects.listObjects()) {
    if (entry.kind === "object") left.push(entry.key);
  }
  assert.deepEqual(left, [(await evidence.find("other")).key]);
});

Deno.test("an attachment that came later keeps its evidence for as long", async () => {
  await using fixture = await openEvidence();
  let now = new Date();
  const evidence = fixture.replica({ now: () => now });
  await evidence.store(bundleFor("d", { evidenceType: "kept" }), "ann");
  now = new Date(now.getTime() + 20 * DAY);
  await attach(evidence, "d", "late.txt");
  now = new Date(now.getTime() + 15 * DAY);
  await assert.rejects(evidence.remove("d", "ann"), { kind: "retained" });
});

Deno.test("evidence is kept for as long as its type says, counted from when it came in", async () => {
  await using fixture = await openEvidence();
  let now = new Date();
  const evidence = fixture.replica({ now: () => now });
  const bundle = bundleFor("d", { evidenceType: "kept", createdAt: "2001-01-01T00:00:00Z" });
  const { kept } = await evidence.store(bundle, "ann");
  now = new Date(kept.storedAt.getTime() + 30 * DAY - 1);
  await assert.rejects(evidence.remove("d", "ann"), {
    kind: "retained",
    members: { retained_until: new Date(kept.storedAt.getTime() + 30 * DAY).toISOString() },
  });
  now = new Date(now.getTime() + 1);
  assert.equal((await evidence.remove("d", "ann")).length, 1);
  await assertWhole(fixture);
});

Deno.test("a correction that came later is kept for as long, and so is what it corrects", async () => {
  await using fixture = await openEvidence();
  let now = new Date();
  const evidence = fixture.replica({ now: () => now });
  const { kept } = await evidence.store(bundleFor("d", { evidenceType: "kept" }), "ann");
  now = new Date(now.getTime() + 20 * DAY);
  const second = { evidenceType: "kept", metadata: {}, corrects: kept.checksum };
  await evidence.store(bundleFor("d", second), "ann");
  now = new Date(now.getTime() + 15 * DAY);
  await assert.rejects(evidence.remove("d", "ann"), { kind: "retained" });
  assert.equal((await evidence.versions("d")).length, 2);
  now = new Date(now.getTime() + 15 * DAY);
  assert.equal((await evidence.remove("d", "ann")).length, 2);
});

Deno.test("what is held is not deleted, whatever its age, until it is released", async () => {
  await using fixture = await openEvidence();
  const { evidence, log } = fixture;
  await evidence.store(bundleFor("d"), "ann");
  const hold = await evidence.hold("d", "case 7", "ann");
  assert.deepEqual(await evidence.findHold("d"), hold);
  assert.deepEqual(await evidence.hold("d", "case 7", "bob"), hold);
  await assert.rejects(evidence.hold("d", "case 8", "bob"), { kind: "conflict" });
  await assert.rejects(evidence.remove("d", "ann"), { kind: "retained" });
  await evidence.release("d", "bob");
  await assert.rejects(evidence.release("d", "bob"), { kind: "notFound" });
  await evidence.hold("d", "case 8", "bob");
  await evidence.release("d", "bob");
  await evidence.remove("d", "ann");
  assert.deepEqual((await toldOf(log)).map(({ type }) => type), [
    "EvidenceStored",
    "EvidenceHeld",
    "EvidenceReleased",
    "EvidenceHeld",
    "EvidenceReleased",
    "EvidenceDeleted",
  ]);
  await assert.rejects(evidence.hold("never", "why", "ann"), { kind: "notFound" });
  for (const reason of ["", " ", "x".repeat(1_001), "\ud800", "a\0b"]) {
    await assert.rejects(evidence.hold("d", reason, "ann"), { kind: "invalid" });
  }
  await assertWhole(fixture);
});

Deno.test("evidence that is not what was stored is an error with both values", async () => {
  await using fixture = await openEvidence();
  const { evidence, objects } = fixture;
  const { kept } = await evidence.store(bundleFor("d"), "ann");
  const { text } = await evidence.read("d");
  const damages: Readonly<Record<string, { text: string; what: string; expected: string }>> = {
    "evidence that was changed": {
      text: text.replace("0.75", "0.76"),
      what: "checksum",
      expected: kept.checksum,
    },
    "metadata that was changed": {
      text: text.replace("credit", "sales"),
      what: "sha256",
      expected: kept.sha256,
    },
    "a checksum that was changed with it": {
      text: text.replace("0.75", "0.76").replace(kept.checksum, "0".repeat(64)),
      what: "checksum",
      expected: kept.checksum,
    },
    "another layout": { text: text.trimEnd(), what: "sha256", expected: kept.sha256 },
    "no bundle at all": { text: "{", what: "sha256", expected: kept.sha256 },
    "a byte order mark": { text: `\ufeff${text}`, what: "sha256", expected: kept.sha256 },
  };
  for (const [name, { expected, text: damaged, what }] of Object.entries(damages)) {
    await objects.putObject(kept.key, new TextEncoder().encode(damaged));
    await assert.rejects(evidence.read("d"), (error: Error & { members?: object }) => {
      const members = Object.entries(error.members ?? {});
      const { found, ...said } = Object.fromEntries(members);
      assert.match(String(found), /^[0-9a-f]{64}$/);
      assert.deepEqual(
        said,
        { decision_id: "d", version: "1.0", key: kept.key, what, expected },
        name,
      );
      return "kind" in error && error.kind === "damaged";
    });
  }
  const huge = new Uint8Array(kept.size + 2 * 1_048_576);
  await objects.putObject(kept.key, huge);
  await assert.rejects(evidence.read("d"), {
    kind: "damaged",
    members: {
      decision_id: "d",
      version: "1.0",
      key: kept.key,
      what: "size",
      expected: String(kept.size),
      found: String(huge.length),
    },
  });
  await objects.deleteObject(kept.key);
  await assert.rejects(evidence.read("d"), { kind: "damaged" });
});

Deno.test("evidence that is deleted while it is read is gone, and not damaged", async () => {
  await using fixture = await openEvidence();
  await fixture.evidence.store(bundleFor("d"), "ann");
  const objects = overriding(fixture.objects, {
    async getObjectStream(key, options) {
      await fixture.evidence.remove("d", "bob");
      return await fixture.objects.getObjectStream(key, options);
    },
  });
  await assert.rejects(fixture.replica({ objects }).read("d"), { kind: "gone" });
});

Deno.test("evidence has only so many attachments, all of which are deleted with it", async () => {
  await using fixture = await openEvidence();
  const { evidence, log, sql } = fixture;
  await evidence.store(bundleFor("d"), "ann");
  await attach(evidence, "d", "a");
  await sql`
    INSERT INTO evidence_attachments (decision_id, name, object_key, content_type, operation,
      stored_at, sha256, size_bytes, state)
    SELECT 'd', 'n' || n, 'attachments/n' || n, 'text/plain', gen_random_uuid(), now(), '\\x00', 1,
      CASE WHEN n <= 1500 THEN 'stored' ELSE 'deleted' END
    FROM generate_series(1, 9999) AS n`;
  await assert.rejects(attach(evidence, "d", "b"), { kind: "conflict" });
  assert.equal((await evidence.remove("d", "ann")).length, 1_502);
  assert.equal((await toldOf(log)).length, 1_504);
});
