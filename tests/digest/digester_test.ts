import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { CHECKSUM_ALGORITHMS } from "../../src/digest/checksum.ts";
import { createDigester, type DigestAlgorithm } from "../../src/digest/digester.ts";

const ALGORITHMS: readonly DigestAlgorithm[] = [...CHECKSUM_ALGORITHMS, "MD5"];

/** Of the nine bytes "123456789", as the catalogues of CRCs and of hashes give them. */
const CHECK_VALUES: Readonly<Record<DigestAlgorithm, string>> = {
  CRC32: "cbf43926",
  CRC32C: "e3069283",
  CRC64NVME: "ae8b14860a799888",
  MD5: "25f9e794323b453885f5181f1b624d0b",
  SHA1: "f7c3bc1d808e04732adf679965ccc34ca7ae3441",
  SHA256: "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
};

/** What nothing at all digests to. */
const OF_NOTHING: Readonly<Record<DigestAlgorithm, string>> = {
  CRC32: "00000000",
  CRC32C: "00000000",
  CRC64NVME: "0000000000000000",
  MD5: "d41d8cd98f00b204e9800998ecf8427e",
  SHA1: "da39a3ee5e6b4b0d3255bfef95601890afd80709",
  SHA256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
};

function hexDigest(algorithm: DigestAlgorithm, ...pieces: readonly Uint8Array[]): string {
  const digester = createDigester(algorithm);
  for (const piece of pieces) digester.update(piece);
  return Buffer.from(digester.digest()).toString("hex");
}

for (const algorithm of ALGORITHMS) {
  Deno.test(`createDigester() gives the published check value of ${algorithm}`, () => {
    const bytes = new TextEncoder().encode("123456789");
    assert.equal(hexDigest(algorithm, bytes), CHECK_VALUES[algorithm]);
    assert.equal(hexDigest(algorithm), OF_NOTHING[algorithm]);
  });

  Deno.test(`createDigester() gives one ${algorithm} however the bytes are cut and aligned`, () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.array(fc.nat({ max: 300 }), { maxLength: 5 }),
        fc.nat({ max: 7 }),
        (bytes, cuts, offset) => {
          const moved = new Uint8Array(bytes.length + offset).subarray(offset);
          moved.set(bytes);
          const edges = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length]
            .sort((a, b) => a - b);
          const pieces = edges.slice(1).map((edge, at) => moved.subarray(edges[at], edge));
          assert.equal(hexDigest(algorithm, ...pieces), hexDigest(algorithm, bytes));
        },
      ),
    );
  });
}

/** The definition of a CRC, one bit after the other. */
function bitwiseCrc(bytes: Uint8Array, bits: bigint, polynomial: bigint): string {
  const ones = (1n << bits) - 1n;
  let register = ones;
  for (const byte of bytes) {
    register ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) {
      register = register & 1n ? register >> 1n ^ polynomial : register >> 1n;
    }
  }
  return (register ^ ones).toString(16).padStart(Number(bits) / 4, "0");
}

Deno.test("createDigester() computes every CRC as it is defined", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
    assert.equal(hexDigest("CRC32", bytes), bitwiseCrc(bytes, 32n, 0xedb88320n));
    assert.equal(hexDigest("CRC32C", bytes), bitwiseCrc(bytes, 32n, 0x82f63b78n));
    assert.equal(hexDigest("CRC64NVME", bytes), bitwiseCrc(bytes, 64n, 0x9a6c9329ac4bc9b5n));
  }));
});
