import assert from "node:assert/strict";
import { parseJson } from "../../src/eventlog/json.ts";
import { EvidenceError, type EvidenceErrorKind } from "../../src/evidence/evidence_error.ts";
import type { NewBundle } from "../../src/evidence/model.ts";
import { assertWhole, bundleFor, openEvidence, toldOf } from "./evidence_fixture.ts";

function refused(kind: EvidenceErrorKind) {
  return (error: unknown) => error instanceof EvidenceError && error.kind === kind;
}

Deno.test("evidence is stored as an object with its event, and read again", async () => {
  await using fixture = await openEvidence();
  const { evidence, log, objects } = fixture;
  const { created, kept } = await evidence.store(
    bundleFor("d-1", { createdAt: "2026-01-31T23:30:00.123456-02:00" }),
    "ann",
  );
  assert.ok(created);
  assert.equal(kept.key, "evidence/decision/2026/02/d-1.json");
  assert.equal(kept.version, "1.0");
  const { bundle, text } = await evidence.read("d-1");
  assert.equal(bundle.createdAt, "2026-01-31T23:30:00.123456-02:00");
  assert.equal(JSON.parse(text).checksum, kept.checksum);
  const [event] = await toldOf(log);
  assert.equal(event?.type, "EvidenceStored");
  assert.deepEqual(
    { ...event?.payload, operation: "", size: "" },
    {
      operation: "",
      decision_id: "d-1",
      key: kept.key,
      checksum: kept.checksum,
      sha256: kept.sha256,
      size: "",
      actor: "ann",
      evidence_type: "decision",
      version: "1.0",
      created_at: bundle.createdAt,
    },
  );
  const { contentType, metadata } = await objects.getObjectMetadata(kept.key);
  assert.equal(contentType, "application/json");
  assert.deepEqual(metadata, {
    "decision-id": "d-1",
    "evidence-type": "decision",
    version: "1.0",
    "created-at": bundle.createdAt,
    checksum: kept.checksum,
    sha256: kept.sha256,
    team: "credit",
  });
  assert.deepEqual(await evidence.find("d-1"), kept);
  await assertWhole(fixture);
});

Deno.test("the same evidence is stored once, however it is written", async () => {
  await using fixture = await openEvidence();
  const { evidence } = fixture;
  const createdAt = "2026-05-01T12:00:00Z";
  const first = await evidence.store(bundleFor("d", { createdAt }), "ann");
  const again: readonly Partial<NewBundle>[] = [
    {},
    { createdAt },
    { createdAt: "2026-05-01T14:00:00.000000+02:00" },
    { version: "1.0" },
    { evidenceData: parseJson('{"reasons":["a","b"],"score":7.5e-1}') },
    { corrects: first.kept.checksum },
  ];
  for (const more of again) {
    const { created, kept } = await evidence.store(bundleFor("d", more), "bob");
    assert.deepEqual({ created, kept }, { created: false, kept: first.kept }, JSON.stringify(more));
  }
  await assertWhole(fixture);
});

Deno.test("other evidence for the same decision is a conflict", async () => {
  await using fixture = await openEvidence();
  const { evidence } = fixture;
  await evidence.store(bundleFor("d", { createdAt: "2026-05-01T12:00:00.0000001Z" }), "ann");
  const others: readonly Partial<NewBundle>[] = [
    { evidenceData: parseJson('{"score":0.76,"reasons":["a","b"]}') },
    { evidenceData: parseJson('{"score":0.750,"reasons":["b","a"]}') },
    { metadata: {} },
    { metadata: { team: "other" } },
    { evidenceType: "model" },
    { version: "2.0" },
    { createdAt: "2026-05-01T12:00:00.0000002Z" },
    { corrects: "0".repeat(64), metadata: {} },
  ];
  for (const more of others) {
    await assert.rejects(
      evidence.store(bundleFor("d", more), "ann"),
      refused("conflict"),
      JSON.stringify(more),
    );
  }
  await assertWhole(fixture);
});

Deno.test("a correction is a further version that links to the one before it", async () => {
  await using fixture = await openEvidence();
  const { evidence, log } = fixture;
  const createdAt = "2026-05-01T12:00:00Z";
  const first = await evidence.store(bundleFor("d", { createdAt }), "ann");
  const second = bundleFor("d", { createdAt, metadata: {}, corrects: first.kept.checksum });
  const { created, kept } = await evidence.store(second, "ann");
  assert.ok(created);
  assert.equal(kept.key, "evidence/decision/2026/05/d@2.0.json");
  const previous = { version: "1.0", key: first.kept.key, checksum: first.kept.checksum };
  assert.deepEqual((await evidence.read("d")).bundle.metadata, { previous });
  assert.deepEqual((await toldOf(log))[1]?.payload["previous"], previous);
  assert.equal((await evidence.store(second, "ann")).created, false);
  assert.equal((await evidence.store(bundleFor("d"), "ann")).kept.version, "1.0");
  const back = bundleFor("d", { corrects: kept.checksum, createdAt, version: "3.0-back" });
  assert.equal((await evidence.store(back, "ann")).kept.version, "3.0-back");
  assert.deepEqual(
    (await evidence.versions("d")).map(({ version }) => version),
    ["1.0", "2.0", "3.0-back"],
  );
  assert.equal((await evidence.find("d", "2.0")).key, kept.key);
  await assert.rejects(evidence.find("d", "4.0"), refused("notFound"));
  await assert.rejects(
    evidence.store(bundleFor("none", { corrects: kept.checksum }), "ann"),
    refused("notFound"),
  );
  await assertWhole(fixture);
});

Deno.test("a version gets a number that no other one has", async () => {
  await using fixture = await openEvidence();
  const { evidence } = fixture;
  const first = await evidence.store(bundleFor("d", { version: "2.0" }), "ann");
  const second = bundleFor("d", { metadata: {}, corrects: first.kept.checksum });
  assert.equal((await evidence.store(second, "ann")).kept.version, "3.0");
});

const INVALID: Readonly<Record<string, Partial<NewBundle>>> = {
  "an id with a slash": { decisionId: "a/b" },
  "an id that begins with a dot": { decisionId: "..a" },
  "an empty id": { decisionId: "" },
  "a type in upper case": { evidenceType: "Decision" },
  "a version with an @": { version: "1@2" },
  "a time that is none": { createdAt: "yesterday" },
  "a day that is not in its month": { createdAt: "2026-02-30T00:00:00Z" },
  "a year before 1970": { createdAt: "1969-12-31T23:59:59Z" },
  "a time that is in 1969 in UTC": { createdAt: "1970-01-01T00:00:00+01:00" },
  "metadata with a link of its own": { metadata: { previous: "x" } },
  "a checksum that is none": { corrects: "abc" },
  "half of a surrogate pair": { metadata: { text: "\ud800" } },
  "a number beyond the largest double": { evidenceData: parseJson('{"n":1e999}') },
};

Deno.test("what cannot be stored is refused before anything is begun", async () => {
  await using fixture = await openEvidence();
  for (const [name, more] of Object.entries(INVALID)) {
    const stored = fixture.evidence.store(bundleFor("d", more), "ann");
    await assert.rejects(stored, refused("invalid"), name);
  }
  await assertWhole(fixture);
});

Deno.test("metadata that a store would not keep as it is stays in the bundle", async () => {
  await using fixture = await openEvidence();
  const { evidence, objects } = fixture;
  const metadata = {
    plain: "kept",
    "Upper": "not",
    "with space": "not",
    umlaut: "ä",
    "end-space": "not ",
    checksum: "not",
    list: ["not"],
    long: "x".repeat(3_000),
    "after-long": "not",
  };
  const { kept } = await evidence.store(bundleFor("d", { metadata }), "ann");
  const described = await objects.getObjectMetadata(kept.key);
  assert.equal(described.metadata["checksum"], kept.checksum);
  assert.deepEqual(
    Object.keys(described.metadata).sort(),
    ["checksum", "created-at", "decision-id", "evidence-type", "plain", "sha256", "version"],
  );
  assert.deepEqual((await evidence.read("d")).bundle.metadata, metadata);
});

Deno.test("metadata of any size leaves room for what is written beside it", async () => {
  await using fixture = await openEvidence();
  const { evidence, objects } = fixture;
  const stored: boolean[] = [];
  for (let size = 1_400; size <= 2_048; size += 24) {
    const metadata = { note: "x".repeat(size) };
    const { kept } = await evidence.store(bundleFor(`d${size}`, { metadata }), "ann");
    const described = await objects.getObjectMetadata(kept.key);
    stored.push(described.metadata["note"] === metadata.note);
  }
  assert.deepEqual([stored.at(0), stored.at(-1)], [true, false]);
  const many = Object.fromEntries(
    Array.from({ length: 500 }, (_, n) => [`n${n}`, String(n)] as const),
  );
  const { kept } = await evidence.store(bundleFor("many", { metadata: many }), "ann");
  const { metadata } = await objects.getObjectMetadata(kept.key);
  // As MinIO counts.
  const headers = Object.entries(metadata).map(([name, value]) => `x-amz-meta-${name}${value}`);
  assert.ok(headers.join("").length <= 2_048);
  await assertWhole(fixture);
});

Deno.test("evidence is listed by its time, page by page", async () => {
  await using fixture = await openEvidence();
  const { evidence } = fixture;
  for (let n = 0; n < 7; n++) {
    const createdAt = `2026-0${1 + n % 3}-15T00:00:00Z`;
    const evidenceType = n % 2 === 0 ? "decision" : "model";
    await evidence.store(bundleFor(`d${n}`, { createdAt, evidenceType }), "ann");
  }
  const ids = async (query: Parameters<typeof evidence.list>[0]) =>
    (await evidence.list(query)).map(({ decisionId }) => decisionId);
  assert.deepEqual(await ids({ limit: 10 }), ["d0", "d3", "d6", "d1", "d4", "d2", "d5"]);
  const after = (await evidence.list({ limit: 4 })).at(-1);
  assert.deepEqual(await ids({ limit: 10, after }), ["d4", "d2", "d5"]);
  const [from, to] = [new Date("2026-02-01"), new Date("2026-03-01")];
  assert.deepEqual(await ids({ limit: 10, from, to }), ["d1", "d4"]);
  assert.deepEqual(await ids({ limit: 10, evidenceType: "model" }), ["d3", "d1", "d5"]);
  assert.deepEqual(
    await ids({ limit: 1, evidenceType: "model", from, after: { ...after!, decisionId: "d0" } }),
    ["d1"],
  );
});

Deno.test("a page costs what it has in it, and not what the bucket has", async () => {
  await using fixture = await openEvidence();
  // One connection: what it counts is told by itself.
  const sql = await fixture.sql.reserve();
  const evidence = fixture.replica({ sql });
  await sql`
    INSERT INTO evidence_bundles (decision_id, ordinal, evidence_type, version, object_key,
      created_at, created_text, stored_at, checksum, sha256, size_bytes, state)
    SELECT 'd' || n, 1, 't' || n % 3, '1.0', 'k' || n, timestamptz '2026-01-01' + n * interval '1 s',
      '', now(), '', '', 1, CASE WHEN n < 15000 THEN 'deleted' ELSE 'stored' END
    FROM generate_series(1, 20000) AS n`;
  await sql`ANALYZE evidence_bundles`;
  const rowsRead = async () => {
    await sql`SELECT pg_stat_force_next_flush()`;
    const [stat] = await sql<{ rows: number }[]>`
      SELECT seq_tup_read + idx_tup_fetch AS rows FROM pg_stat_user_tables
      WHERE relname = 'evidence_bundles'`;
    return stat?.rows ?? NaN;
  };
  const pages: readonly Parameters<typeof evidence.list>[0][] = [
    { limit: 10 },
    { limit: 10, evidenceType: "t1" },
    {
      limit: 10,
      after: { createdAt: new Date("2026-01-01T05:00:00Z"), decisionId: "d", ordinal: 1 },
    },
    { limit: 10, from: new Date("2026-01-01T05:00:00Z"), to: new Date("2026-01-01T05:30:00Z") },
  ];
  for (const page of pages) {
    const before = await rowsRead();
    assert.equal((await evidence.list(page)).length, 10);
    const read = await rowsRead() - before;
    assert.ok(read >= 10 && read < 200, `${JSON.stringify(page)} read ${read} rows`);
  }
  sql.release();
});
