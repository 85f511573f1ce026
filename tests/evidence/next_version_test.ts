import assert from "node:assert/strict";
import { examine } from "../../src/evidence/examined.ts";
import { placeOf } from "../../src/evidence/next_version.ts";
import type { BundleRow } from "../../src/metadata/evidence.ts";
import { bundleFor } from "./evidence_fixture.ts";

function rowOf(ordinal: number): BundleRow {
  const said = examine(bundleFor("d", { evidenceData: `version ${ordinal}` }));
  return {
    decisionId: "d",
    ordinal,
    evidenceType: "decision",
    version: `${ordinal}.0`,
    key: `evidence/decision/2026/05/d@${ordinal}.0.json`,
    createdAt: new Date("2026-05-01T00:00:00Z"),
    createdText: "2026-05-01T00:00:00Z",
    storedAt: new Date("2026-05-01T00:00:00Z"),
    checksum: said.checksum,
    sha256: "0".repeat(64),
    fingerprint: said.fingerprint,
    size: 1,
    event: undefined,
    state: "stored",
  };
}

Deno.test("evidence has only so many versions", () => {
  const rows = Array.from({ length: 1_000 }, (_, index) => rowOf(index + 1));
  const next = (versions: readonly BundleRow[]) =>
    placeOf(examine(bundleFor("d", { corrects: versions.at(-1)?.checksum })), versions);
  assert.equal(next(rows.slice(0, 999)).kind, "next");
  assert.throws(() => next(rows), { kind: "conflict" });
});

Deno.test("a version whose fingerprint is not known yet is none that says the same", () => {
  const row = { ...rowOf(1), fingerprint: undefined };
  const same = examine(bundleFor("d", { evidenceData: "version 1" }));
  assert.throws(() => placeOf(same, [row]), { kind: "conflict" });
});
