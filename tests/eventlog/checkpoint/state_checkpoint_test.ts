import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  checkpointText,
  CheckpointTextError,
  readCheckpoint,
} from "../../../src/eventlog/checkpoint/checkpoint_text.ts";
import { signCheckpoint } from "../../../src/eventlog/checkpoint/state_checkpoint.ts";
import {
  type CheckpointCheck,
  verifyFull,
  verifySignature,
} from "../../../src/eventlog/checkpoint/verify_checkpoint.ts";
import { universeReducer } from "../../../src/eventlog/checkpoint/universe_reducer.ts";
import { PublicKey, SigningKey } from "../../../src/eventlog/signing_key.ts";
import { KNOWN, knownCheckpoint, knownKey, knownLog } from "./known_checkpoints.ts";

for (const index of [1, 9, 17] as const) {
  Deno.test(`the checkpoint at ${index} that Python wrote verifies in full`, async () => {
    const checkpoint = readCheckpoint(knownCheckpoint(index));
    const key = PublicKey.fromPem(KNOWN.public_key);
    assert.deepEqual(verifySignature(checkpoint, key), { ok: true });
    await using log = knownLog();
    const against = { log, reducer: universeReducer };
    assert.deepEqual(await verifyFull(checkpoint, key, against), { ok: true });
  });

  Deno.test(`the checkpoint at ${index} is signed and written here byte by byte as in Python`, () => {
    const text = knownCheckpoint(index);
    const { signature: _, pubkeyId: __, ...content } = readCheckpoint(text);
    assert.equal(checkpointText(signCheckpoint(content, knownKey())), text);
  });
}

Deno.test("a key has the pubkey_id that Python gives it", () => {
  assert.equal(PublicKey.fromPem(KNOWN.public_key).id, KNOWN.pubkey_id);
  assert.equal(knownKey().publicKey.toPem(), KNOWN.public_key);
});

/** A change of one stored field, and what it is refused for. */
const TAMPERED: readonly (readonly [string, unknown, CheckpointCheck])[] = [
  ["event_index", 8, "signature"],
  ["event_index", 10, "signature"],
  ["event_hash", "b".repeat(64), "signature"],
  ["state_hash", "b".repeat(64), "signature"],
  ["created_at_logical", 10, "signature"],
  ["pubkey_id", "b".repeat(16), "pubkey_id"],
  ["signature", Buffer.alloc(64, 1).toString("base64"), "signature"],
  ["signature", Buffer.alloc(63, 1).toString("base64"), "signature"],
  ["state_bytes", Buffer.from('{"aggregates":{},"version":10}').toString("base64"), "state_hash"],
];

for (const [name, value, check] of TAMPERED) {
  Deno.test(`a checkpoint with another ${name} is refused (${check})`, () => {
    const stored = JSON.parse(knownCheckpoint(9));
    const checkpoint = readCheckpoint(JSON.stringify({ ...stored, [name]: value }));
    const verdict = verifySignature(checkpoint, knownKey().publicKey);
    assert.equal(verdict.ok ? undefined : verdict.fault.check, check);
  });
}

Deno.test("every flipped bit of a signature is noticed", () => {
  const checkpoint = readCheckpoint(knownCheckpoint(1));
  const { publicKey } = knownKey();
  for (let bit = 0; bit < 512; bit++) {
    const signature = Uint8Array.from(checkpoint.signature);
    signature[bit >> 3] ^= 1 << (bit & 7);
    assert.equal(verifySignature({ ...checkpoint, signature }, publicKey).ok, false, `bit ${bit}`);
  }
});

Deno.test("meta is nobody's word: no signature covers it", () => {
  const checkpoint = readCheckpoint(knownCheckpoint(9));
  const changed = { ...checkpoint, meta: { note: "another" } };
  assert.deepEqual(verifySignature(changed, knownKey().publicKey), { ok: true });
});

Deno.test("a checkpoint that another key signed is refused, also under the first key's name", () => {
  const { signature: _, pubkeyId, ...content } = readCheckpoint(knownCheckpoint(9));
  const resigned = signCheckpoint(content, SigningKey.generate());
  const { publicKey } = knownKey();
  const verdict = verifySignature(resigned, publicKey);
  assert.deepEqual(verdict, {
    ok: false,
    fault: { check: "pubkey_id", expected: pubkeyId, found: resigned.pubkeyId },
  });
  const renamed = verifySignature({ ...resigned, pubkeyId }, publicKey);
  assert.equal(renamed.ok ? undefined : renamed.fault.check, "signature");
});

/** What is stored, with something changed, and why it is no checkpoint. */
const UNREADABLE: readonly (readonly [Record<string, unknown>, RegExp])[] = [
  [{ version: 2 }, /^version must be 1$/],
  [{ version: "1" }, /^version must be an integer$/],
  [{ event_index: -1 }, /^event_index must be an integer from 0 on$/],
  [{ event_index: 1.5 }, /^event_index must be an integer$/],
  [{ event_hash: "B".repeat(64) }, /^event_hash must be 64 digits of hex$/],
  [{ event_hash: undefined }, /^event_hash must be 64/],
  [{ state_hash: "b".repeat(63) }, /^state_hash must be 64/],
  [{ state_bytes: "" }, /^state_bytes must be base64$/],
  [{ state_bytes: "e30" }, /^state_bytes must be base64$/],
  [{ state_bytes: "e31=" }, /^state_bytes must be base64$/],
  [{ signature: 1 }, /^signature must be base64$/],
  [{ created_at_logical: "1" }, /^created_at_logical must be an integer$/],
  [{ pubkey_id: "xx" }, /^pubkey_id must be 16 digits of hex$/],
  [{ meta: [] }, /^meta must be an object$/],
  [{ approved: true }, /^"approved" is not part of a checkpoint$/],
];

for (const [changed, message] of UNREADABLE) {
  Deno.test(`${JSON.stringify(changed)} makes no checkpoint`, () => {
    const stored = JSON.parse(knownCheckpoint(1));
    assert.throws(
      () => readCheckpoint(JSON.stringify({ ...stored, ...changed })),
      (error) => error instanceof CheckpointTextError && message.test(error.message),
    );
  });
}

Deno.test("what is no JSON, and no object, is no checkpoint", () => {
  for (const text of ["", "{", "[]", "null", '{"version": NaN}']) {
    assert.throws(() => readCheckpoint(text), CheckpointTextError, text);
  }
});
