import { createHash } from "node:crypto";

/** What bytes come to. */
export interface ContentDigest {
  /** Hex, lower case. */
  readonly sha256: string;
  readonly size: number;
}

/** Bytes, whole or in pieces. */
export type Content = Uint8Array | AsyncIterable<Uint8Array>;

/** Takes in bytes, and tells what they come to. */
export class Measure {
  readonly #hash = createHash("sha256");
  #size = 0;

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#size += bytes.length;
  }

  /** To be called once, at the end. */
  digest(): ContentDigest {
    return { sha256: this.#hash.digest("hex"), size: this.#size };
  }
}

/** Reads bytes to their end for what they come to. */
export async function digestOf(content: Content): Promise<ContentDigest> {
  const measure = new Measure();
  if (content instanceof Uint8Array) measure.update(content);
  else for await (const chunk of content) measure.update(chunk);
  return measure.digest();
}
