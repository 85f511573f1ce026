import assert from "node:assert/strict";
import { SigningKey } from "../../src/eventlog/signing_key.ts";
import { noteSigner } from "../../src/eventlog/tlog/note.ts";
import {
  NoteError,
  parseProof,
  type ProofFault,
  proofText,
  type ProofToVerify,
  verifyProof,
  verifyRecord,
} from "../../src/eventlog/verify.ts";
import { checkpointText } from "../../src/eventlog/verify/checkpoint.ts";
import { verifierKeyText } from "../../src/eventlog/verify/note.ts";
import { ORIGIN, sampleLog } from "./tlog/sample_log.ts";

const SIZE = 300;
const SEQ = 137;

/** What somebody who has nothing else is given. */
async function given(): Promise<
  ProofToVerify & { readonly other: string; readonly key: SigningKey }
> {
  await using sample = await sampleLog(SIZE);
  await sample.publish();
  const log = await sample.open();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return {
    record: text(await log.record(SEQ)),
    other: text(await log.record(SEQ + 1)),
    proof: await log.proofText(SEQ),
    verifierKey: sample.verifierKey,
    key: sample.key,
  };
}

const GIVEN = await given();

Deno.test("a record, its proof and the key of the log are enough", async () => {
  const verified = await verifyProof(GIVEN);
  assert.deepEqual(verified, {
    ok: true,
    seq: SEQ,
    size: SIZE,
    origin: ORIGIN,
    eventHash: JSON.parse(GIVEN.record).event_hash,
  });
  assert.deepEqual(await verifyProof({ ...GIVEN, record: `${GIVEN.record}\n` }), verified);
  assert.deepEqual(
    await verifyProof({ ...GIVEN, verifierKey: ` ${GIVEN.verifierKey}\n` }),
    verified,
  );
});

const { record, proof, verifierKey, other } = GIVEN;

/** A checkpoint of another log, signed by the same key under the name of this one. */
async function ofAnotherLog(): Promise<string> {
  const signer = await noteSigner(ORIGIN, GIVEN.key);
  const checkpoint = { origin: "another", size: SIZE, root: new Uint8Array(32), extensions: [] };
  return proofText({ ...parseProof(proof), note: signer.sign(checkpointText(checkpoint)) });
}

const stranger = verifierKeyText((await noteSigner(ORIGIN, SigningKey.generate())).verifierKey);

const REFUSED: readonly [what: string, reason: ProofFault, changed: Partial<ProofToVerify>][] = [
  ["a changed record", "wrong-event-hash", { record: record.replace("é 137", "é 138") }],
  ["a record with a space more", "malformed-record", { record: record.replace(",", ", ") + " " }],
  ["no record", "malformed-record", { record: "" }],
  ["JSON that is no record", "malformed-record", { record: '{"event":{}}' }],
  ["the record behind it", "wrong-index", { record: other }],
  [
    "another event in its place, with its hash put right",
    "not-included",
    { record: await rehashed(record.replace("é 137", "é 138")) },
  ],
  ["a changed index", "wrong-index", { proof: proof.replace("index 137", "index 138") }],
  ["a changed hash", "not-included", { proof: changedHash(2) }],
  ["a hash too few", "not-included", { proof: proof.split("\n").toSpliced(3, 1).join("\n") }],
  ["no proof", "malformed-proof", { proof: "" }],
  ["a changed size", "forged-signature", { proof: proof.replace("\n300\n", "\n301\n") }],
  [
    "a changed signature",
    "forged-signature",
    { proof: proof.replace(/(— \S+ .{20})./, (_, before) => `${before}*`).replace("*", flipped()) },
  ],
  ["no signature", "malformed-checkpoint", { proof: proof.replace(/\n— .*\n/, "\n") }],
  ["the key of somebody else", "unsigned", { verifierKey: stranger }],
  ["a key that is none", "malformed-key", { verifierKey: "key" }],
  ["a key with its name changed", "malformed-key", { verifierKey: `x${verifierKey}` }],
  ["a checkpoint of another log", "wrong-origin", { proof: await ofAnotherLog() }],
  ["another log than the one expected", "wrong-origin", { origin: "holdfast.example/another" }],
];

for (const [what, reason, changed] of REFUSED) {
  Deno.test(`${what} is refused, for the reason ${reason}`, async () => {
    const verified = await verifyProof({ ...GIVEN, ...changed });
    assert.equal(verified.ok ? "ok" : verified.reason, reason);
  });
}

async function rehashed(text: string): Promise<string> {
  const verified = await verifyRecord(text);
  assert.ok(!verified.ok);
  const hash = /but has ([0-9a-f]{64})/.exec(verified.message)?.[1];
  return text.replace(/"event_hash":"[0-9a-f]{64}"/, `"event_hash":"${hash}"`);
}

function changedHash(line: number): string {
  const lines = proof.split("\n");
  const hash = lines[line] ?? "";
  return lines.with(line, (hash.startsWith("A") ? "B" : "A") + hash.slice(1)).join("\n");
}

function flipped(): string {
  const [, character] = /— \S+ .{20}(.)/.exec(proof) ?? [];
  return character === "A" ? "B" : "A";
}

Deno.test("a record is hashed as it is written, whatever its numbers would become", async () => {
  const event = '{"aggregate_id":"a","meta":{},"payload":{"n":1e-07,"m":123456789012345678901},' +
    '"seq":0,"ts":1,"type":"T"}';
  const text = await rehashed(
    `{"event":${event},"event_hash":"${"0".repeat(64)}","prev_hash":"${"0".repeat(64)}"}`,
  );
  assert.equal((await verifyRecord(text)).ok, true);
  assert.equal((await verifyRecord(text.replace("1e-07", "1e-7"))).ok, false);
});

Deno.test("half of a surrogate pair does not pass for the character that is hashed for it", async () => {
  const event = '{"aggregate_id":"a","meta":{},"payload":"\ufffd","seq":0,"ts":1,"type":"T"}';
  const text = await rehashed(
    `{"event":${event},"event_hash":"${"0".repeat(64)}","prev_hash":"${"0".repeat(64)}"}`,
  );
  assert.equal((await verifyRecord(text)).ok, true);
  const halved = await verifyRecord(text.replace("\ufffd", "\ud800"));
  assert.equal(!halved.ok && halved.reason, "malformed-record");
});

Deno.test("a proof reads as it was written, with and without extra data", () => {
  const parsed = parseProof(proof);
  assert.equal(proofText(parsed), proof);
  assert.match(proof, /^c2sp\.org\/tlog-proof@v1\nindex 137\n/);
  assert.equal(parsed.extra, undefined);
  const extra = Uint8Array.of(1, 2, 3);
  const more = proofText({ ...parsed, extra });
  assert.match(more, /^c2sp\.org\/tlog-proof@v1\nextra AQID\nindex 137\n/);
  assert.deepEqual(parseProof(more), { ...parsed, extra });
});

Deno.test("the only event of a log is proved by no hash at all", async () => {
  await using sample = await sampleLog(1);
  await sample.publish();
  const log = await sample.open();
  const proof = await log.proofText(0);
  assert.deepEqual(parseProof(proof).hashes, []);
  const record = new TextDecoder().decode(await log.record(0));
  assert.ok((await verifyProof({ record, proof, verifierKey: sample.verifierKey })).ok);
});

const NO_PROOFS: readonly [why: string, text: string][] = [
  ["another first line", proof.replace("@v1", "@v2")],
  ["no index", proof.replace(/index 137\n/, "")],
  ["an index with a zero before it", proof.replace("index 1", "index 01")],
  ["a line that is no hash", proof.replace("index 137\n", "index 137\nAAAA\n")],
  ["extra data that is not base64", proof.replace("index", "extra *\nindex")],
  ["too many hashes", proof.replace("137\n", `137\n${`${"A".repeat(43)}=\n`.repeat(64)}`)],
  ["lines with CR", proof.replaceAll("\n", "\r\n")],
  ["no end", proof.padEnd(1_000_000, "\n")],
];

for (const [why, text] of NO_PROOFS) {
  Deno.test(`a text with ${why} is no proof`, () => {
    assert.throws(() => parseProof(text), NoteError);
  });
}
