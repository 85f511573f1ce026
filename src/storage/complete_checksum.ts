import type { Checksum, ChecksumAlgorithm, ChecksumType } from "../digest/checksum.ts";
import { formatDigest, parseDigest } from "../digest/base64_digest.ts";
import { combineCrc, compositeChecksum, type CrcAlgorithm } from "../digest/combine.ts";
import type { PlacedPart, PlacedUpload } from "../metadata/uploads.ts";
import type { CompleteMultipartUpload } from "./requests.ts";
import { StorageError } from "./storage_error.ts";

/**
 * The checksum of an object made of parts, from the parts' own. `undefined` where the upload asked
 * for none.
 *
 * Throws `BadDigest` when it is not the one that the client declares, `InvalidRequest` when the
 * client means another algorithm or type than the upload's.
 */
export function checksumOfParts(
  complete: CompleteMultipartUpload,
  upload: PlacedUpload,
  parts: readonly PlacedPart[],
): Checksum | undefined {
  const { checksumAlgorithm: algorithm, checksumType: type } = upload;
  if (algorithm === undefined || type === undefined) {
    if (complete.checksum) throw checksumWithoutAlgorithm(complete.checksum.algorithm);
    return undefined;
  }
  refuseOtherKind(complete, algorithm, type);
  const digests = parts.flatMap((part) => {
    const digest = part.checksum && parseDigest(algorithm, part.checksum.value);
    return digest ? [{ digest, size: part.size }] : [];
  });
  if (digests.length < parts.length) return undefined;
  const value = isCrc(algorithm) && type === "FULL_OBJECT"
    ? combined(algorithm, digests)
    : compositeChecksum(algorithm, digests.map((part) => part.digest));
  if (complete.checksum && complete.checksum.value !== value) {
    throw new StorageError(
      "BadDigest",
      `The ${algorithm} you specified did not match the calculated checksum.`,
    );
  }
  return { algorithm, type, value };
}

function refuseOtherKind(
  complete: CompleteMultipartUpload,
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
): void {
  if (complete.checksum && complete.checksum.algorithm !== algorithm) {
    throw new StorageError(
      "InvalidRequest",
      `The upload was created using the ${algorithm} checksum algorithm, not ${complete.checksum.algorithm}.`,
    );
  }
  if (complete.checksumType && complete.checksumType !== type) {
    throw new StorageError(
      "InvalidRequest",
      `The upload was created using the ${type} checksum type, not ${complete.checksumType}.`,
    );
  }
}

/** What a client declares is never left unchecked. */
function checksumWithoutAlgorithm(algorithm: ChecksumAlgorithm): StorageError {
  return new StorageError(
    "InvalidRequest",
    `The upload was created without a checksum algorithm, so its ${algorithm} cannot be verified.`,
  );
}

function isCrc(algorithm: ChecksumAlgorithm): algorithm is CrcAlgorithm {
  return algorithm.startsWith("CRC");
}

function combined(
  algorithm: CrcAlgorithm,
  parts: readonly { readonly digest: Uint8Array; readonly size: number }[],
): string {
  const whole = parts.reduce((first, next) => ({
    digest: combineCrc(algorithm, first.digest, next.digest, next.size),
    size: first.size + next.size,
  }));
  return formatDigest(whole.digest);
}
