/**
 * The door to every digest that is computed over an object's bytes: synchronous and streaming.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { ChecksumAlgorithm } from "./checksum.ts";
import { crc32c } from "./crc32c.ts";
import { Crc64Nvme } from "./crc64nvme.ts";

/** What can be computed over bytes; MD5 is for `Content-MD5` and the ETag. */
export type DigestAlgorithm = ChecksumAlgorithm | "MD5";

/** A running digest. */
export interface Digester {
  /** Takes in the next bytes. They may be changed afterwards. */
  update(bytes: Uint8Array): void;
  /** The digest of all bytes so far, most significant byte first. To be called once, at the end. */
  digest(): Uint8Array;
}

/** Begins a digest. */
export function createDigester(algorithm: DigestAlgorithm): Digester {
  return DIGESTERS[algorithm]();
}

const DIGESTERS: Readonly<Record<DigestAlgorithm, () => Digester>> = {
  CRC32: () => runningCrc(crc32),
  CRC32C: () => runningCrc(crc32c),
  CRC64NVME: crc64NvmeDigester,
  MD5: () => hashDigester("md5"),
  SHA1: () => hashDigester("sha1"),
  SHA256: () => hashDigester("sha256"),
};

function runningCrc(proceed: (bytes: Uint8Array, crc: number) => number): Digester {
  let crc = 0;
  return {
    update(bytes) {
      crc = proceed(bytes, crc);
    },
    digest() {
      const bytes = new Uint8Array(4);
      new DataView(bytes.buffer).setUint32(0, crc);
      return bytes;
    },
  };
}

function crc64NvmeDigester(): Digester {
  const crc = new Crc64Nvme();
  return {
    update: (bytes) => crc.update(bytes),
    digest() {
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigUint64(0, crc.value());
      return bytes;
    },
  };
}

function hashDigester(name: string): Digester {
  const hash = createHash(name);
  return {
    update(bytes) {
      hash.update(bytes);
    },
    digest: () => hash.digest(),
  };
}
