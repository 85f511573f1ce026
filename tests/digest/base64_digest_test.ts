import assert from "node:assert/strict";
import fc from "fast-check";
import {
  DIGEST_BYTES,
  digestsEqual,
  formatDigest,
  parseDigest,
} from "../../src/digest/base64_digest.ts";
import { createDigester, type DigestAlgorithm } from "../../src/digest/digester.ts";

const ALGORITHMS: readonly DigestAlgorithm[] = [
  "CRC32",
  "CRC32C",
  "CRC64NVME",
  "MD5",
  "SHA1",
  "SHA256",
];

Deno.test("parseDigest() reads back what formatDigest() writes, for every algorithm", () => {
  for (const algorithm of ALGORITHMS) {
    const digest = createDigester(algorithm).digest();
    assert.equal(digest.length, DIGEST_BYTES[algorithm]);
    assert.deepEqual(parseDigest(algorithm, formatDigest(digest)), Uint8Array.from(digest));
  }
});

Deno.test("parseDigest() refuses what is not base64 of exactly the right length", () => {
  const refused = [
    "",
    "AAAA",
    "AAAAA",
    "AAAAAA",
    "AAAAAA=",
    "AAAAAA==\n",
    " AAAAAA==",
    "AAAA_A==",
    "AAAAAB==",
    "AAAAAAA=",
    "!AAAAA==",
  ];
  for (const text of refused) assert.equal(parseDigest("CRC32", text), undefined, text);
  assert.ok(parseDigest("CRC32", "AAAAAA=="));
});

Deno.test("digestsEqual() tells digests apart by every byte and by length", () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(), (digest, at) => {
    assert.ok(digestsEqual(digest, digest.slice()));
    const other = digest.slice();
    other[at % other.length] ^= 1;
    assert.ok(!digestsEqual(digest, other));
    assert.ok(!digestsEqual(digest, digest.subarray(1)));
  }));
});
