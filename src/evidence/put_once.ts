import { Buffer } from "node:buffer";
import type { OutboxEntry } from "../metadata/evidence_outbox.ts";
import { isNotFound, isPreconditionFailed } from "../objectstore/object_store_error.ts";
import type { EvidenceContext } from "./context.ts";
import { EvidenceError } from "./evidence_error.ts";

/** The object that is in the way may be gone when it is looked at: so often it is tried. */
const ATTEMPTS = 3;

/**
 * Writes the object of an entry, unless that is there already.
 *
 * @throws {EvidenceError} `conflict` where there is another object
 * @throws {ObjectStoreError}
 */
export async function putOnce(
  { objects }: Pick<EvidenceContext, "objects">,
  { content = new Uint8Array(), description, objectKey: key }: OutboxEntry,
): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      await objects.putObject(key, content, { ...description, ifAbsent: true });
      return;
    } catch (error) {
      if (!isPreconditionFailed(error)) throw error;
      const found = await lookFor(objects, key, content);
      if (found === "the same") return;
      if (found === "nothing" && attempt < ATTEMPTS) continue;
      throw new EvidenceError(
        "conflict",
        `there is another object at ${key}, which is not in the index`,
        { key },
        { cause: error },
      );
    }
  }
}

/** What is at a key; what an object says of its bytes is not believed. */
async function lookFor(
  objects: EvidenceContext["objects"],
  key: string,
  content: Uint8Array,
): Promise<"the same" | "another" | "nothing"> {
  try {
    const { etag, size } = await objects.getObjectMetadata(key);
    if (size !== content.length) return "another";
    const { bytes } = await objects.getObject(key, { ifMatch: etag });
    return Buffer.compare(bytes, content) === 0 ? "the same" : "another";
  } catch (error) {
    if (isNotFound(error)) return "nothing";
    throw error;
  }
}
