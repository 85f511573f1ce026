/**
 * How a checksum is called where S3 writes it: `ChecksumCRC32` in XML, `x-amz-checksum-crc32` as a
 * header.
 *
 * @module
 */
import type { Checksum, ChecksumAlgorithm } from "../digest/checksum.ts";
import type { XmlChildren } from "./xml.ts";

/** Name of the header that carries a checksum in an algorithm. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** Name of the element that carries a checksum in an algorithm. */
export function checksumElement(algorithm: ChecksumAlgorithm): `Checksum${ChecksumAlgorithm}` {
  return `Checksum${algorithm}`;
}

/** The element of a checksum's value, where there is one. */
export function checksumElements(checksum: Checksum | undefined): XmlChildren {
  return checksum === undefined ? {} : { [checksumElement(checksum.algorithm)]: checksum.value };
}
