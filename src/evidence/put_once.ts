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
      const found = await sha256At(objects, key);
      if (found === description?.metadata["sha256"]) return;
      if (found === undefined && attempt < ATTEMPTS) continue;
      throw new EvidenceError(
        "conflict",
        `there is another object at ${key}, which is not in the index`,
        { key },
        { cause: error },
      );
    }
  }
}

/** What an object says of its bytes; `undefined` where there is none, or where it says nothing. */
async function sha256At(
  objects: EvidenceContext["objects"],
  key: string,
): Promise<string | undefined> {
  try {
    return (await objects.getObjectMetadata(key)).metadata["sha256"];
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
