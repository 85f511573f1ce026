import type { PlacedPart } from "../metadata/uploads.ts";
import type { CompleteMultipartUpload } from "./requests.ts";
import { StorageError } from "./storage_error.ts";

/** The least size of a part that is not the last, in bytes. Source: "Amazon S3 multipart upload limits". */
const LEAST_PART_SIZE = 5 * 1024 ** 2;

/**
 * The uploaded parts that a completion names, in its order.
 *
 * Throws `InvalidPartOrder`, `InvalidPart`, `EntityTooSmall`, `InvalidRequest`.
 */
export function chooseParts(
  complete: CompleteMultipartUpload,
  uploaded: readonly PlacedPart[],
): readonly PlacedPart[] {
  const byNumber = new Map(uploaded.map((part) => [part.partNumber, part]));
  let last = 0;
  const chosen = complete.parts.map((named) => {
    if (named.partNumber <= last) throw invalidPartOrder();
    last = named.partNumber;
    const part = byNumber.get(named.partNumber);
    if (part === undefined || part.etag !== named.etag || !sameChecksum(named, part)) {
      throw invalidPart(complete.uploadId, named.partNumber, named.etag);
    }
    return part;
  });
  refuseSmallParts(chosen);
  refuseOtherSize(complete, chosen);
  return chosen;
}

function sameChecksum(
  named: CompleteMultipartUpload["parts"][number],
  part: PlacedPart,
): boolean {
  return named.checksum === undefined ||
    named.checksum.algorithm === part.checksum?.algorithm &&
      named.checksum.value === part.checksum.value;
}

function refuseSmallParts(chosen: readonly PlacedPart[]): void {
  const small = chosen.slice(0, -1).find((part) => part.size < LEAST_PART_SIZE);
  if (!small) return;
  throw new StorageError(
    "EntityTooSmall",
    "Your proposed upload is smaller than the minimum allowed size",
    {
      ProposedSize: String(small.size),
      MinSizeAllowed: String(LEAST_PART_SIZE),
      PartNumber: String(small.partNumber),
      ETag: small.etag,
    },
  );
}

function refuseOtherSize(complete: CompleteMultipartUpload, chosen: readonly PlacedPart[]): void {
  const size = chosen.reduce((sum, part) => sum + part.size, 0);
  if (complete.expectedSize === undefined || complete.expectedSize === size) return;
  throw new StorageError(
    "InvalidRequest",
    `The provided 'x-amz-mp-object-size' header value ${complete.expectedSize} does not match what was computed: ${size}`,
  );
}

function invalidPartOrder(): StorageError {
  return new StorageError(
    "InvalidPartOrder",
    "The list of parts was not in ascending order. Parts must be ordered by part number.",
  );
}

function invalidPart(uploadId: string, partNumber: number, etag: string): StorageError {
  return new StorageError(
    "InvalidPart",
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { UploadId: uploadId, PartNumber: String(partNumber), ETag: etag },
  );
}
