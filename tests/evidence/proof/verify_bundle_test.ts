import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { parseJson } from "../../../src/eventlog/json.ts";
import { SigningKey } from "../../../src/eventlog/signing_key.ts";
import { verifierKey, verifierKeyText } from "../../../src/eventlog/verify/note.ts";
import { EvidenceError } from "../../../src/evidence/evidence_error.ts";
import type { EvidenceProof } from "../../../src/evidence/proof/evidence_proof.ts";
import {
  type EvidenceFault,
  type VerifiedEvidence,
  verifyBundle,
} from "../../../src/evidence/verify_bundle.ts";
import { evidenceChecksum } from "../../../src/evidence/python_json.ts";
import { ORIGIN } from "../../eventlog/tlog/sample_log.ts";
import { TAMPERINGS } from "../client_suite/tamperings.ts";
import { SAMPLE_EVIDENCE, sampleEvidence, type SampleVersion } from "./sample_evidence.ts";

type Verified = Extract<VerifiedEvidence, { ok: true }>;

const ID = "dec-1";

/** Evidence with a correction and an attachment, and of another decision. */
async function given() {
  const sample = await sampleEvidence();
  await sample.store({ decisionId: ID, version: "1.0" });
  const earlier = await sample.prove(ID);
  await sample.store({ decisionId: "other", version: "1.0" });
  await sample.attach(ID, "report.pdf", "%PDF");
  await sample.tell("EvidenceShared", ID, { method: "GET" });
  await sample.store({ decisionId: ID, version: "2.0", evidence: "[1e5]" });
  await sample.tell("EvidenceHeld", ID, { reason: "lawsuit" });
  const [whole, other] = [await sample.prove(ID), await sample.prove("other")];
  return { sample, whole, earlier, other, key: sample.verifierKey };
}

const GIVEN = await given();

function good(verified: VerifiedEvidence): Verified {
  assert.ok(verified.ok, verified.ok ? "" : `${verified.reason}: ${verified.message}`);
  return verified;
}

Deno.test("a proof and the key of the log are enough", async () => {
  const { whole: proof, key } = GIVEN;
  for (const each of [proof, JSON.stringify(proof), [proof], JSON.stringify(proof, null, 2)]) {
    const { versions, attachments, ...facts } = good(await verifyBundle(each, key));
    assert.deepEqual(facts, {
      ok: true,
      decisionId: ID,
      origin: ORIGIN,
      size: 9,
      isComplete: true,
      isHeld: true,
    });
    assert.deepEqual(
      versions.map(({ version, seq, deletedSeq, text, previous }) => [
        version,
        seq,
        deletedSeq,
        text,
        previous?.version,
      ]),
      [["1.0", 3, undefined, proof.bundles[0]?.text, undefined], [
        "2.0",
        7,
        undefined,
        proof.bundles[1]?.text,
        "1.0",
      ]],
    );
    assert.deepEqual(attachments.map(({ name, sha256, size }) => [name, sha256, size]), [
      ["report.pdf", createHash("sha256").update("%PDF").digest("hex"), 4],
    ]);
  }
});

Deno.test("a bundle that was deleted is told to be so", async () => {
  const sample = await sampleEvidence();
  const first = await sample.store({ decisionId: ID, version: "1.0" });
  await sample.store({ decisionId: ID, version: "2.0" });
  const attached = await sample.attach(ID, "a.txt", "a");
  await sample.remove(ID, first);
  await sample.remove(ID, attached);
  const proof = await sample.prove(ID);
  const { versions, attachments } = good(await verifyBundle(proof, sample.verifierKey));
  assert.deepEqual(versions.map(({ deletedSeq, text }) => [deletedSeq, text !== undefined]), [
    [6, false],
    [undefined, true],
  ]);
  assert.deepEqual(attachments.map(({ deletedSeq }) => deletedSeq), [7]);
});

Deno.test("a proof that was cut says so, and all of its pages are verified together", async () => {
  const { sample, key } = GIVEN;
  const pages: EvidenceProof[] = [];
  for (let fromSeq: number | null = 0; fromSeq !== null;) {
    const page = await sample.prove(ID, { fromSeq, limit: 2 });
    pages.push(page);
    fromSeq = page.next_from_seq;
  }
  assert.deepEqual(pages.map(({ events }) => events.length), [2, 2, 1]);
  const [first, second] = pages;
  assert.ok(first && second);
  const { isComplete, versions } = good(await verifyBundle(first, key));
  assert.deepEqual([isComplete, versions.length], [false, 1]);
  const whole = good(await verifyBundle(pages, key));
  assert.deepEqual([whole.isComplete, whole.versions.length, whole.isHeld], [true, 2, true]);
  for (const part of [[second], [first, ...pages.slice(2)], [second, first]]) {
    assert.equal(refused(await verifyBundle(part, key)), "missing-page");
  }
});

Deno.test("what cannot be JSON is no proof", async () => {
  const circle: Record<string, unknown> = {};
  circle["itself"] = circle;
  for (const more of [{ size: 1n }, { circle }]) {
    const verified = await verifyBundle({ ...GIVEN.whole, ...more }, GIVEN.key);
    assert.equal(refused(verified), "malformed-evidence-proof");
  }
});

Deno.test("an older checkpoint with a later page makes the log no smaller", async () => {
  const { earlier, key, whole } = GIVEN;
  const end = (whole.events.at(-1)?.seq ?? 0) + 1;
  const last = { ...earlier, events: [], bundles: [], from_seq: end };
  const whenWhole = good(await verifyBundle(whole, key));
  const { isComplete, size } = good(
    await verifyBundle([{ ...whole, next_from_seq: end }, last], key),
  );
  assert.deepEqual([isComplete, size], [true, whenWhole.size]);
});

Deno.test("a bundle that a further page may tell the deletion of is not missed", async () => {
  const sample = await sampleEvidence();
  const key = await sample.store({ decisionId: ID, version: "1.0" });
  await sample.remove(ID, key);
  const page = await sample.prove(ID, { limit: 1 });
  const { isComplete, versions } = good(await verifyBundle(page, sample.verifierKey));
  assert.deepEqual([isComplete, versions[0]?.text], [false, undefined]);
});

function refused(verified: VerifiedEvidence): string {
  return verified.ok ? "verified" : verified.reason;
}

for (const { what, reason, change } of TAMPERINGS) {
  Deno.test(`a proof is refused when it is changed: ${what}`, async () => {
    const verified = await verifyBundle(await change(GIVEN), GIVEN.key);
    assert.equal(refused(verified), reason, verified.ok ? "" : verified.message);
  });
}

Deno.test("only the key that is trusted counts, and the log that it is of", async () => {
  const other = await verifierKey(ORIGIN, SigningKey.generate().publicKey.raw);
  for (
    const [key, origin, reason] of [
      [verifierKeyText(other), undefined, "unsigned"],
      [GIVEN.key.slice(0, -1), undefined, "malformed-key"],
      ["", undefined, "malformed-key"],
      [GIVEN.key, "another.example/log", "wrong-origin"],
    ] as const
  ) {
    assert.equal(
      refused(await verifyBundle(GIVEN.whole, key, { ...origin && { origin } })),
      reason,
    );
  }
  good(await verifyBundle({ ...GIVEN.whole, verifier_key: "", origin: "" }, ` ${GIVEN.key}\n`));
});

/** What a correction of the sample's first version says of it. */
const FIRST_LINK = {
  version: "1.0",
  key: "evidence/decision/2026/11/dec-1.json",
  checksum: await evidenceChecksum(parseJson(SAMPLE_EVIDENCE)),
};

/** What a service could sign that lies, and how it is found out. */
const LIES: readonly [
  what: string,
  reason: EvidenceFault,
  versions: readonly Partial<SampleVersion>[],
][] = [
  ["a checksum that the evidence has not", "wrong-checksum", [{ checksum: "f".repeat(64) }]],
  ["a bundle that is none", "malformed-bundle", [{ rewrite: () => "{}" }]],
  ["a bundle of another decision", "another-decision", [{
    rewrite: (text) => text.replace('"dec-1"', '"dec-2"'),
  }]],
  ["another time in the event", "contradicts-event", [{
    inEvent: { created_at: "2026-11-21T14:58:33" },
  }]],
  ["another checksum in the event", "contradicts-event", [{
    inEvent: { checksum: "f".repeat(64) },
  }]],
  ["another version in the event", "contradicts-event", [{ inEvent: { version: "1.1" } }]],
  ["a type that is not in the key", "wrong-key", [{ inEvent: { evidence_type: "other" } }]],
  ["a month that is not in the key", "wrong-key", [{
    inEvent: { created_at: "2026-12-01T00:00:00" },
  }]],
  ["an event without a size", "malformed-event", [{ inEvent: { size: "12" } }]],
  ["a link only in the bundle", "broken-chain", [{
    rewrite: (text) =>
      text.replace(
        '"metadata": {}',
        `"metadata": {"previous": {"version": "0", "key": "k", "checksum": "${"0".repeat(64)}"}}`,
      ),
  }]],
  ["the same version twice", "repeated", [
    {},
    { version: "2.0" },
    { version: "2.0", previous: FIRST_LINK },
  ]],
  ["a correction of another checksum", "broken-chain", [{}, {
    version: "2.0",
    previous: { ...FIRST_LINK, checksum: "0".repeat(64) },
  }]],
  ["a correction of nothing", "missing-event", [{
    previous: { version: "1.0", key: "k", checksum: "0".repeat(64) },
  }]],
];

for (const [what, reason, versions] of LIES) {
  Deno.test(`what is signed is not taken for true: ${what}`, async () => {
    const sample = await sampleEvidence();
    for (const version of versions) {
      await sample.store({ decisionId: ID, version: "1.0", ...version });
    }
    // The object's hash is that of what was written, so the proof can be made.
    const verified = await verifyBundle(await sample.prove(ID), sample.verifierKey);
    assert.equal(refused(verified), reason, verified.ok ? "" : verified.message);
  });
}

Deno.test("no proof is made of a bundle that has changed, or is gone", async () => {
  const sample = await sampleEvidence();
  const key = await sample.store({ decisionId: ID, version: "1.0" });
  const stored = sample.objects.get(key);
  assert.ok(stored);
  sample.objects.set(key, stored.slice(1));
  const damaged = (found: RegExp) => (error: unknown) => {
    assert.ok(error instanceof EvidenceError);
    assert.deepEqual([error.kind, error.members["expected"]], [
      "damaged",
      createHash("sha256").update(stored).digest("hex"),
    ]);
    assert.match(String(error.members["found"]), found);
    return true;
  };
  await assert.rejects(sample.prove(ID), damaged(/^[0-9a-f]{64}$/));
  sample.objects.delete(key);
  await assert.rejects(sample.prove(ID), damaged(/^nothing$/));
  await assert.rejects(sample.prove("unknown"), { kind: "notFound" });
});
