import type { ByteRange } from "./object_store.ts";
import { ObjectStoreError } from "./object_store_error.ts";

/**
 * The bytes that a range chooses of an object, both ends included.
 * Source: RFC 9110, section 14.1.2.
 *
 * @param size of the object, in bytes
 */
export function chosenRange(
  range: ByteRange,
  size: number,
): { readonly start: number; readonly end: number } {
  const start = "suffix" in range ? Math.max(0, size - range.suffix) : range.start;
  if (start >= size) {
    throw new ObjectStoreError("Refused", `The range lies beyond the ${size} bytes there are`, {
      code: "InvalidRange",
    });
  }
  const end = "suffix" in range ? size - 1 : Math.min(range.end ?? size - 1, size - 1);
  return { start, end };
}
