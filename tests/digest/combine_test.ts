import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import fc from "fast-check";
import {
  combineCrc,
  compositeChecksum,
  compositeETag,
  type CrcAlgorithm,
} from "../../src/digest/combine.ts";
import { createDigester, type DigestAlgorithm } from "../../src/digest/digester.ts";

const CRCS: readonly CrcAlgorithm[] = ["CRC32", "CRC32C", "CRC64NVME"];

function digest(algorithm: DigestAlgorithm, bytes: Uint8Array): Uint8Array {
  const digester = createDigester(algorithm);
  digester.update(bytes);
  return Uint8Array.from(digester.digest());
}

for (const algorithm of CRCS) {
  Deno.test(`combineCrc() of parts equals the ${algorithm} of the whole`, () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 6 }),
        (parts) => {
          const combined = parts.reduce(
            (crc, part) => combineCrc(algorithm, crc, digest(algorithm, part), part.length),
            digest(algorithm, new Uint8Array(0)),
          );
          assert.deepEqual(combined, digest(algorithm, Uint8Array.from(Buffer.concat(parts))));
        },
      ),
    );
  });

  Deno.test(`combineCrc() counts ${algorithm} lengths beyond 4 GiB`, () => {
    const empty = digest(algorithm, new Uint8Array(0));
    const start = digest(algorithm, new TextEncoder().encode("123456789"));
    const half = 3 * 2 ** 31;
    // Zeros of known length whose own CRC is what two halves of them combine to.
    const zeros = (length: number): Uint8Array => {
      if (length === 0) return empty;
      if (length % 2 === 1) {
        return combineCrc(algorithm, zeros(length - 1), digest(algorithm, new Uint8Array(1)), 1);
      }
      const side = zeros(length / 2);
      return combineCrc(algorithm, side, side, length / 2);
    };
    const atOnce = combineCrc(algorithm, start, zeros(half * 2), half * 2);
    const inTwo = combineCrc(
      algorithm,
      combineCrc(algorithm, start, zeros(half), half),
      zeros(half),
      half,
    );
    assert.deepEqual(atOnce, inTwo);
    assert.notDeepEqual(atOnce, combineCrc(algorithm, start, zeros(half), half));
  });
}

Deno.test("compositeChecksum() digests the parts' digests and counts them", () => {
  const parts = ["one", "two", "three"].map((text) => new TextEncoder().encode(text));
  const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
  const expected = sha256(Buffer.concat(parts.map(sha256))).toString("base64");
  assert.equal(
    compositeChecksum("SHA256", parts.map((part) => digest("SHA256", part))),
    `${expected}-3`,
  );
  const ofCrcs = digest("CRC32C", Buffer.concat(parts.map((part) => digest("CRC32C", part))));
  assert.equal(
    compositeChecksum("CRC32C", parts.map((part) => digest("CRC32C", part))),
    `${Buffer.from(ofCrcs).toString("base64")}-3`,
  );
});

Deno.test("compositeETag() digests the parts' MD5s and counts them", () => {
  const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest();
  const parts = [new Uint8Array(5).fill(97), new Uint8Array(3).fill(98)];
  assert.equal(
    compositeETag(parts.map((part) => md5(part).toString("hex"))),
    `${md5(Buffer.concat(parts.map(md5))).toString("hex")}-2`,
  );
});
