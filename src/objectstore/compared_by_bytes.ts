import { Buffer } from "node:buffer";

/** The order of two texts by their bytes in UTF-8, which is that of keys. */
export function comparedByBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
