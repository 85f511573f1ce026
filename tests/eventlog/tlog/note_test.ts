import assert from "node:assert/strict";
import { SigningKey } from "../../../src/eventlog/signing_key.ts";
import { noteSigner } from "../../../src/eventlog/tlog/note.ts";
import {
  MOST_SIGNATURES,
  NoteError,
  parseNote,
  parseVerifierKey,
  verifierKeyText,
  verifyNote,
} from "../../../src/eventlog/verify/note.ts";
import { parseCheckpoint } from "../../../src/eventlog/verify/checkpoint.ts";

// The example of golang.org/x/mod/sumdb/note.
const KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const TEXT = "If you think cryptography is the answer to your problem,\n" +
  "then you don't know what your problem is.\n";
const SIGNATURE =
  "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXg" +
  "KvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const NOTE = `${TEXT}\n${SIGNATURE}`;

const verdict = async (note: string, key = KEY) =>
  await verifyNote(parseNote(note), await parseVerifierKey(key));

Deno.test("a note that Go's own package shows verifies", async () => {
  assert.equal(parseNote(NOTE).text, TEXT);
  assert.equal(await verdict(NOTE), "verified");
  assert.equal(verifierKeyText(await parseVerifierKey(KEY)), KEY);
});

Deno.test("a note whose text or signature was changed is forged", async () => {
  assert.equal(await verdict(NOTE.replace("answer", "Answer")), "forged");
  assert.equal(await verdict(NOTE.replace("ZJku", "ZJkv")), "forged");
  assert.equal(await verdict(NOTE.replace(/x08go\S+/, "x08gowA=")), "forged");
  assert.equal(await verdict(`${NOTE}${SIGNATURE.replace("ZJku", "ZJkv")}`), "forged");
});

Deno.test("signatures of other keys are ignored, but one of ours there must be", async () => {
  const other = await noteSigner("PeterNeumann", SigningKey.generate());
  const others = other.sign(TEXT).slice(TEXT.length + 1);
  assert.equal(
    await verdict(`${TEXT}\n${others}${SIGNATURE}— x.example ${"AAAAAAAA"}\n`),
    "verified",
  );
  assert.equal(await verdict(`${TEXT}\n${others}`), "unsigned");
  assert.equal(await verdict(NOTE.replace("— Peter", "— Petra")), "unsigned");
});

Deno.test("no key has a name with which its notes could not be read", async () => {
  for (const name of ["", "a b", "a+b", "a\nb", "a\u0001b", "a\u0000", "a\u2003b", "a\ud800"]) {
    await assert.rejects(noteSigner(name, SigningKey.generate()), NoteError, JSON.stringify(name));
  }
});

Deno.test("what is signed here verifies, and is what the text says, empty lines and all", async () => {
  const signer = await noteSigner("example.com/log", SigningKey.generate());
  for (const text of ["a\n", "one\n\ntwo\n\n", "é — \u{1f600}\n"]) {
    const note = signer.sign(text);
    assert.equal(parseNote(note).text, text);
    assert.equal(await verdict(note, verifierKeyText(signer.verifierKey)), "verified");
  }
});

const MALFORMED: readonly [why: string, note: string][] = [
  ["nothing", ""],
  ["no signatures", TEXT],
  ["an empty line too few", `${TEXT}${SIGNATURE}`],
  ["no end of its last line", NOTE.trimEnd()],
  ["lines with CR", NOTE.replaceAll("\n", "\r\n")],
  ["a NUL", NOTE.replace("answer", "an\0wer")],
  ["a tab", NOTE.replace("the answer", "the\tanswer")],
  ["half of a surrogate pair", NOTE.replace("answer", "\ud800")],
  ["a hyphen for a dash", NOTE.replace("—", "-")],
  ["a name with a plus", NOTE.replace("— Peter", "— Pe+ter")],
  ["no name", NOTE.replace("PeterNeumann ", "")],
  ["a space too many", NOTE.replace("Neumann ", "Neumann  ")],
  ["base64 of another alphabet", NOTE.replace("go/ZJ", "go_ZJ")],
  ["base64 without its padding", NOTE.replace("nAM=", "nAM")],
  ["base64 with bits that say nothing", NOTE.replace("nAM=", "nAN=")],
  ["a signature without any bytes", NOTE.replace(/x08go\S+/, "x08gow==")],
  ["too many signatures", `${TEXT}\n${SIGNATURE.repeat(MOST_SIGNATURES + 1)}`],
  ["no end", `${"a".repeat(300_000)}\n\n${SIGNATURE}`],
];

for (const [why, note] of MALFORMED) {
  Deno.test(`a text with ${why} is no note`, () => {
    assert.throws(() => parseNote(note), NoteError);
  });
}

const BAD_KEYS: readonly [why: string, key: string][] = [
  ["nothing in it", ""],
  ["another name than its own", KEY.replace("Peter", "Petra")],
  ["another id than its own", KEY.replace("c74f", "c74e")],
  ["digits in upper case", KEY.replace("c74f20a3", "C74F20A3")],
  ["another type of signature", KEY.replace("+ARpc", "+Ahpc")],
  ["a byte too few", KEY.slice(0, -4)],
  ["a space in its name", KEY.replace("Peter", "Peter ")],
  ["no name", KEY.replace("PeterNeumann", "")],
];

for (const [why, key] of BAD_KEYS) {
  Deno.test(`a verifier key with ${why} is refused`, async () => {
    await assert.rejects(parseVerifierKey(key), NoteError);
  });
}

// The example of the specification.
const CHECKPOINT = "example.com/behind-the-sofa\n20852163\n" +
  "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

Deno.test("a checkpoint says its log, its size and its root; further lines are tolerated", () => {
  const { root, ...rest } = parseCheckpoint(`${CHECKPOINT}some\nmore\n`);
  assert.deepEqual(rest, {
    origin: "example.com/behind-the-sofa",
    size: 20_852_163,
    extensions: ["some", "more"],
  });
  assert.equal(root.length, 32);
  assert.deepEqual(parseCheckpoint(CHECKPOINT).extensions, []);
});

const NO_CHECKPOINTS: readonly [why: string, text: string][] = [
  ["no log", CHECKPOINT.replace(/^.*/, "")],
  ["no size", CHECKPOINT.replace("20852163", "")],
  ["a size with a zero before it", CHECKPOINT.replace("2085", "02085")],
  ["a negative size", CHECKPOINT.replace("2085", "-2085")],
  ["a size in hex", CHECKPOINT.replace("2085", "0x2085")],
  ["a size that no number can hold", CHECKPOINT.replace("20852163", "9007199254740993")],
  ["no root", CHECKPOINT.split("\n").slice(0, 2).join("\n") + "\n"],
  ["a root that is too short", CHECKPOINT.replace("CsUYapGG", "CsUY")],
  ["an empty line", `${CHECKPOINT}\nmore\n`],
  ["no end", CHECKPOINT.trimEnd()],
];

for (const [why, text] of NO_CHECKPOINTS) {
  Deno.test(`a text with ${why} is no checkpoint`, () => {
    assert.throws(() => parseCheckpoint(text), NoteError);
  });
}
