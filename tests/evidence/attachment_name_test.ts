import assert from "node:assert/strict";
import fc from "fast-check";
import { attachmentName, faultOfName } from "../../src/evidence/attachment_name.ts";
import { attachmentKey } from "../../src/evidence/names.ts";
import { EvidenceError } from "../../src/evidence/evidence_error.ts";

const REFUSED: readonly (readonly [name: string, why: RegExp])[] = [
  ["", /empty/],
  [".", /directory/],
  ["..", /directory/],
  ["../../etc/passwd", /slash/],
  ["..\\..\\boot.ini", /slash/],
  ["/etc/passwd", /slash/],
  ["a\r\nX-Evil: 1", /control/],
  ["a\0.pdf", /control/],
  ["a\u0085b", /control/],
  ["a\u2028b", /control/],
  ["\u007f", /control/],
  [" a", /space/],
  ["a ", /space/],
  ["\u00a0a", /space/],
  ["invoice\u202egnp.exe", /direction/],
  ["\u2066a\u2069", /direction/],
  ["a\ud800", /surrogate/],
  ["\udc00a", /surrogate/],
  ["a\uffff", /none/],
  ["a".repeat(300), /255 bytes/],
  ["é".repeat(128), /255 bytes/],
];

for (const [name, why] of REFUSED) {
  Deno.test(`attachmentName() refuses ${JSON.stringify(name.slice(0, 30))}`, () => {
    assert.throws(
      () => attachmentName(name),
      (error) =>
        error instanceof EvidenceError && error.kind === "invalid" && why.test(error.message),
    );
  });
}

const ACCEPTED = [
  "report.pdf",
  "con",
  "...",
  ".hidden",
  "%2e%2e%2f",
  '"; filename=evil.html',
  "a b  c",
  "Prüfbericht (2).pdf",
  "👩‍⚖️🇩🇪.png",
  "تقرير\u200f.pdf",
  "<script>alert(1)</script>".replace("/", ""),
  "a".repeat(255),
  "é".repeat(127),
];

for (const name of ACCEPTED) {
  Deno.test(`attachmentName() takes ${JSON.stringify(name.slice(0, 30))} as it is`, () => {
    assert.equal(attachmentName(name), name);
  });
}

Deno.test("attachmentName() takes texts that are the same in Unicode for the same", () => {
  assert.equal(attachmentName("re\u0301sume\u0301.pdf"), attachmentName("r\u00e9sum\u00e9.pdf"));
  assert.equal(attachmentName("e\u0301".repeat(127)), "\u00e9".repeat(127));
});

Deno.test("no name that is accepted leaves the folder of its decision, however a path is read", () => {
  const createdAt = new Date("2026-03-31T23:59:59.999Z");
  const folder = "attachments/2026/03/d:1/";
  const name = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.string({
      unit: fc.constantFrom(".", "/", "\\", "%2e", "%2f", "\0", " ", "a", "é"),
      maxLength: 8,
    }),
  );
  let accepted = 0;
  fc.assert(
    fc.property(name, (text) => {
      if (faultOfName(text) !== undefined) return;
      accepted++;
      const key = attachmentKey("d:1", createdAt, attachmentName(text));
      assert.ok(key.startsWith(folder) && key.length > folder.length, key);
      assert.equal(key.slice(folder.length).includes("/"), false, key);
      // As a URL, and as a path of a file of either kind, it is below the folder as well.
      const path = key.split("/").map(encodeURIComponent).join("/");
      assert.equal(new URL(path, "http://h/").pathname, `/${path}`);
      assert.equal(/(^|[\\/])\.\.?([\\/]|$)/.test(key), false, key);
      assert.ok(new TextEncoder().encode(key).length <= 1_024);
    }),
    { numRuns: 2_000 },
  );
  assert.ok(accepted > 100);
});

Deno.test("two names have the same key only where they are the same text", () => {
  const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 10 })
    .filter((text) => faultOfName(text) === undefined);
  fc.assert(fc.property(name, name, (one, other) => {
    const areSame = one.normalize("NFC") === other.normalize("NFC");
    const keys = [one, other].map((text) => attachmentKey("d", new Date(0), attachmentName(text)));
    assert.equal(keys[0] === keys[1], areSame);
  }));
});
