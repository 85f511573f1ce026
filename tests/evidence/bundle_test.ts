import assert from "node:assert/strict";
import { isJsonObject, JsonError, JsonNumber, parseJson } from "../../src/eventlog/json.ts";
import { bundleText, LONGEST_BUNDLE, readBundle } from "../../src/evidence/bundle.ts";
import { createdAtInstant } from "../../src/evidence/created_at.ts";
import type { Bundle } from "../../src/evidence/model.ts";
import { correctionKey, firstBundleKey } from "../../src/evidence/names.ts";

const BUNDLE: Bundle = {
  decisionId: "dec-1",
  evidenceType: "decision",
  version: "1.0",
  createdAt: "2026-11-21T14:58:32.123456+00:00",
  checksum: "a".repeat(64),
  metadata: { author: "Zoë" },
  evidenceData: {
    score: new JsonNumber("1.50E+2"),
    list: [],
    n: new JsonNumber("1" + "0".repeat(40)),
  },
};

Deno.test("a bundle is written with its members in their order, and numbers as they came", () => {
  assert.equal(
    bundleText(BUNDLE),
    String.raw`{
  "decision_id": "dec-1",
  "evidence_type": "decision",
  "version": "1.0",
  "created_at": "2026-11-21T14:58:32.123456+00:00",
  "checksum": "${"a".repeat(64)}",
  "metadata": {
    "author": "Zo\u00eb"
  },
  "evidence_data": {
    "score": 1.50E+2,
    "list": [],
    "n": 1${"0".repeat(40)}
  }
}
`,
  );
});

Deno.test("a bundle that was written is read as it was", () => {
  assert.deepEqual(readBundle(bundleText(BUNDLE)), BUNDLE);
});

Deno.test("bundles of other programs are read in any layout, without metadata too", () => {
  const members = JSON.parse(bundleText(BUNDLE));
  const naive = { ...members, created_at: "2026-11-21T14:58:32.123456", metadata: null, more: 1 };
  const read = readBundle(JSON.stringify(naive));
  assert.deepEqual(read.metadata, {});
  assert.equal(read.createdAt, naive.created_at);
});

Deno.test("what is wrong with a bundle is named", () => {
  const members = JSON.parse(bundleText(BUNDLE));
  for (
    const [change, says] of [
      [{ decision_id: "" }, /^decision_id has not its form/],
      [{ decision_id: "../x" }, /^decision_id has not its form/],
      [{ decision_id: "a@1" }, /^decision_id has not its form/],
      [{ decision_id: 7 }, /^decision_id is no text/],
      [{ decision_id: undefined }, /^decision_id is missing/],
      [{ evidence_type: "Decision" }, /^evidence_type has not its form/],
      [{ version: "1/0" }, /^version has not its form/],
      [{ created_at: "yesterday" }, /^created_at is no time/],
      [{ created_at: "2026-02-30T00:00:00Z" }, /^created_at is no time/],
      [{ checksum: "a" }, /^checksum has not its form/],
      [{ metadata: [] }, /^metadata is no object/],
      [{ evidence_data: undefined }, /^evidence_data is missing/],
    ] as const
  ) {
    assert.throws(() => readBundle(JSON.stringify({ ...members, ...change })), (error: unknown) => {
      assert.ok(error instanceof JsonError);
      assert.match(error.message, says);
      return true;
    });
  }
  for (const text of ["", "[]", "null", "{", '"a"']) {
    assert.throws(() => readBundle(text), JsonError, text);
  }
});

Deno.test("bundles have a bound, and what would be mostly indentation too", () => {
  const nested = parseJson("[".repeat(400) + `${"1,".repeat(200_000)}1` + "]".repeat(400));
  assert.throws(() => bundleText({ ...BUNDLE, evidenceData: nested }), JsonError);
  assert.throws(() => readBundle(" ".repeat(LONGEST_BUNDLE + 1)), JsonError);
});

Deno.test("a bundle can be nested as deeply as JSON is read", () => {
  const text = '{"evidence_data":' + "[".repeat(498) + "]".repeat(498) + "}";
  const data = parseJson(text);
  assert.ok(isJsonObject(data));
  const { evidence_data: evidenceData = null } = data;
  const read = readBundle(bundleText({ ...BUNDLE, evidenceData }));
  assert.deepEqual(read.evidenceData, evidenceData);
});

Deno.test("the time of a bundle is in UTC where it names no zone", () => {
  for (
    const [text, expected] of [
      ["2026-11-21T14:58:32", "2026-11-21T14:58:32.000Z"],
      ["2026-11-21T14:58:32.123456", "2026-11-21T14:58:32.123Z"],
      ["2026-11-21 14:58:32Z", "2026-11-21T14:58:32.000Z"],
      ["2026-12-31T23:30:00-01:00", "2027-01-01T00:30:00.000Z"],
      ["2026-01-01T00:30:00.5+01:00", "2025-12-31T23:30:00.500Z"],
      ["2024-02-29T00:00:00z", "2024-02-29T00:00:00.000Z"],
    ] as const
  ) assert.equal(createdAtInstant(text)?.toISOString(), expected, text);
  for (
    const text of [
      "",
      "2026-11-21",
      "2025-02-29T00:00:00Z",
      "2026-13-01T00:00:00Z",
      "2026-11-21T24:00:00Z",
      "2026-11-21T14:58:60Z",
      "2026-11-21T14:58:32+24:00",
      "0000-01-01T00:00:00+01:00",
      "0000-12-31T23:59:59Z",
      "9999-12-31T23:59:59-01:00",
      "2026-11-21T14:58:32Z\n",
      "1700000000",
    ]
  ) assert.equal(createdAtInstant(text), undefined, text);
});

Deno.test("keys have the month in UTC, and corrections their version", () => {
  const name = {
    decisionId: "dec-1",
    evidenceType: "decision",
    version: "2.0",
    createdAt: new Date("2026-12-31T23:30:00-01:00"),
  };
  assert.equal(firstBundleKey(name), "evidence/decision/2027/01/dec-1.json");
  assert.equal(correctionKey(name), "evidence/decision/2027/01/dec-1@2.0.json");
});
