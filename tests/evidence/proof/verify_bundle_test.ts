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
  const [proof, other] = [await sample.prove(ID), await sample.prove("other")];
  return { sample, proof, earlier, other, key: sample.verifierKey };
}

const GIVEN = await given();

function good(verified: VerifiedEvidence): Verified {
  assert.ok(verified.ok, verified.ok ? "" : `${verified.reason}: ${verified.message}`);
  return verified;
}

Deno.test("a proof and the key of the log are enough", async () => {
  const { proof, key } = GIVEN;
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

type Change = (proof: EvidenceProof) => Partial<EvidenceProof> | string | EvidenceProof[];

/** Changes one of a list. */
function at<Item>(list: readonly Item[], place: number, change: (item: Item) => Item): Item[] {
  return list.map((item, index) => index === place ? change(item) : item);
}

function without<Item>(list: readonly Item[], place: number): Item[] {
  return list.filter((_, index) => index !== place);
}

/** A record with other content, and the hash that goes with it. */
function rehashed(record: string): string {
  const [, event = "", prev = ""] =
    /^\{"event":(.*),"event_hash":"[^"]*","prev_hash":"([^"]*)"\}$/s.exec(record) ?? [];
  const changed = event.replace('"tester"', '"nobody"');
  const hash = createHash("sha256").update(prev + changed).digest("hex");
  return `{"event":${changed},"event_hash":"${hash}","prev_hash":"${prev}"}`;
}

const { other, proof: whole } = GIVEN;

const TAMPERED: readonly [what: string, reason: EvidenceFault, change: Change][] = [
  ["a byte of a bundle", "changed-bundle", ({ bundles }) => ({
    bundles: at(bundles, 0, (each) => ({ ...each, text: each.text.replace("1.50", "1.51") })),
  })],
  ["an end of line behind a bundle", "changed-bundle", ({ bundles }) => ({
    bundles: at(bundles, 0, (each) => ({ ...each, text: `${each.text}\n` })),
  })],
  ["half of a surrogate pair in a bundle", "changed-bundle", ({ bundles }) => ({
    bundles: at(bundles, 0, (each) => ({ ...each, text: `${each.text}\ud800` })),
  })],
  ["bundles under each other's keys", "changed-bundle", ({ bundles: [one, two] }) => ({
    bundles: [{ key: one?.key ?? "", text: two?.text ?? "" }, {
      key: two?.key ?? "",
      text: one?.text ?? "",
    }],
  })],
  [
    "a bundle less",
    "missing-bundle",
    ({ bundles }) => ({ bundles: without(bundles, 1) }),
  ],
  ["a bundle twice", "repeated", ({ bundles }) => ({ bundles: [...bundles, ...bundles] })],
  ["a bundle of another decision", "missing-event", ({ bundles }) => ({
    bundles: [...bundles, ...other.bundles],
  })],
  ["the event of a bundle less", "missing-event", ({ events }) => ({ events: without(events, 3) })],
  ["the event of the first version less", "missing-event", ({ events }) => ({
    events: without(events, 0),
  })],
  ["what a record says", "wrong-event-hash", ({ events }) => ({
    events: at(events, 0, (each) => ({
      ...each,
      record: each.record.replace('"tester"', '"nobody"'),
    })),
  })],
  ["what a record says, and its hash", "not-included", ({ events }) => ({
    events: at(events, 0, (each) => ({ ...each, record: rehashed(each.record) })),
  })],
  ["a record in another layout", "malformed-record", ({ events }) => ({
    events: at(events, 0, (each) => ({
      ...each,
      record: JSON.stringify(JSON.parse(each.record), null, 1),
    })),
  })],
  ["an event of another decision", "another-decision", ({ events }) => ({
    events: [...events, ...other.events].toSorted((one, two) => one.seq - two.seq),
  })],
  ["events in another order", "wrong-order", ({ events }) => ({ events: events.toReversed() })],
  ["an event twice", "wrong-order", ({ events: [first, ...more] }) => ({
    events: first === undefined ? [] : [first, first, ...more],
  })],
  ["the place of an event", "wrong-order", ({ events }) => ({
    events: at(events, 0, (each) => ({ ...each, seq: 4 })).toReversed(),
  })],
  ["the place of one event, in their order", "wrong-index", ({ events }) => ({
    events: at(events, 0, (each) => ({ ...each, seq: 2 })),
  })],
  ["a hash in a proof", "not-included", ({ events }) => ({
    events: at(events, 0, (each) => ({
      ...each,
      tlog_proof: each.tlog_proof.replace(
        /(index 3\n)(.)/,
        (_, line, digit) => line + (digit === "A" ? "B" : "A"),
      ),
    })),
  })],
  ["the index in a proof", "wrong-index", ({ events }) => ({
    events: at(events, 0, (each) => ({
      ...each,
      tlog_proof: each.tlog_proof.replace("index 3", "index 2"),
    })),
  })],
  ["a proof that is none", "malformed-proof", ({ events }) => ({
    events: at(events, 0, (each) => ({ ...each, tlog_proof: "" })),
  })],
  ["the size in the checkpoint", "forged-signature", ({ checkpoint }) => ({
    checkpoint: checkpoint.replace("\n9\n", "\n8\n"),
  })],
  ["the checkpoint of an earlier proof", "another-checkpoint", () => ({
    checkpoint: GIVEN.earlier.checkpoint,
  })],
  ["a checkpoint that is none", "malformed-checkpoint", () => ({ checkpoint: "" })],
  ["the decision", "another-decision", () => ({ decision_id: "other" })],
  [
    "the decision, with all of its events",
    "missing-event",
    () => ({ events: other.events.slice(1) }),
  ],
  ["where it begins", "missing-page", () => ({ from_seq: 1 })],
  ["where it ends", "wrong-order", () => ({ next_from_seq: 5 })],
  [
    "the format",
    "malformed-evidence-proof",
    (proof) => JSON.stringify({ ...proof, format: "holdfast-evidence-proof@v2" }),
  ],
  ["half of the text", "malformed-evidence-proof", (proof) => JSON.stringify(proof).slice(0, 999)],
  ["nothing", "missing-page", () => []],
];

for (const [what, reason, change] of TAMPERED) {
  Deno.test(`a proof is refused when it is changed: ${what}`, async () => {
    const changed = change(whole);
    const proof = typeof changed === "string" || Array.isArray(changed)
      ? changed
      : { ...whole, ...changed };
    const verified = await verifyBundle(proof, GIVEN.key);
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
    assert.equal(refused(await verifyBundle(whole, key, { ...origin && { origin } })), reason);
  }
  good(await verifyBundle({ ...whole, verifier_key: "", origin: "" }, ` ${GIVEN.key}\n`));
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
