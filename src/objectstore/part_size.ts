import { ObjectStoreError } from "./object_store_error.ts";

/** Source: "Amazon S3 multipart upload limits". */
export const MOST_PARTS = 10_000;

const MEBIBYTE = 1_024 ** 2;

/** Bytes that every part but the last has to have. Source: as above. */
export const LEAST_PART_SIZE = 5 * MEBIBYTE;

const DEFAULT_PART_SIZE = 8 * MEBIBYTE;

/**
 * How large the parts of a body are, in bytes: as wanted, and larger where there would be too many.
 *
 * @param size of the body, in bytes; `undefined` while it is not known
 * @throws {ObjectStoreError} `Refused`, where less is wanted than a part has to have
 */
export function partSizeFor(size: number | undefined, wanted = DEFAULT_PART_SIZE): number {
  if (!Number.isInteger(wanted) || wanted < LEAST_PART_SIZE) {
    const message = `A part has at least ${LEAST_PART_SIZE} bytes, not ${wanted}`;
    throw new ObjectStoreError("Refused", message, { code: "EntityTooSmall" });
  }
  const least = Math.ceil((size ?? 0) / MOST_PARTS);
  return wanted >= least ? wanted : Math.ceil(least / MEBIBYTE) * MEBIBYTE;
}

/** The error for a body that has more parts than an upload may. */
export function tooManyParts(partSize: number): ObjectStoreError {
  const message = `The body has more than ${MOST_PARTS} parts of ${partSize} bytes`;
  return new ObjectStoreError("Refused", message, { code: "EntityTooLarge" });
}
