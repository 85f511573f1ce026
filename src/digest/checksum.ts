/**
 * The checksums that S3 knows, and how a client may ask for them.
 * Source: "Checking object integrity in Amazon S3".
 *
 * @module
 */

/** In the spelling of `x-amz-checksum-algorithm`. */
export const CHECKSUM_ALGORITHMS = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const;

export type ChecksumAlgorithm = typeof CHECKSUM_ALGORITHMS[number];

/** `FULL_OBJECT` covers all bytes; `COMPOSITE` is the checksum of the parts' checksums. */
export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";

/** A checksum as S3 writes it: base64, a composite one followed by `-` and the number of parts. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  readonly value: string;
}
