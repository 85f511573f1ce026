import type { EntryDescription } from "../metadata/evidence_outbox.ts";
import { MARK_BYTES } from "../objectstore/write_mark.ts";
import type { Bundle } from "./model.ts";

/** Most bytes of headers of metadata. Source: "User-defined object metadata", Amazon S3. */
const MOST_BYTES = 2_048 - MARK_BYTES;

/** What the name of such a header begins with. MinIO counts it, and S3 does not. */
const PREFIX = "x-amz-meta-";

/** What every store takes as a name, and as a value, without changing it. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/**
 * What is kept with the object of a bundle: what it is, and of the caller's own metadata those texts
 * that can be kept so. All of it is in the bundle as well.
 *
 * @param sha256 of the object's bytes, hex
 */
export function objectDescription(bundle: Bundle, sha256: string): EntryDescription {
  const metadata: Record<string, string> = {
    "decision-id": bundle.decisionId,
    "evidence-type": bundle.evidenceType,
    version: bundle.version,
    "created-at": bundle.createdAt,
    checksum: bundle.checksum,
    sha256,
  };
  let left = MOST_BYTES - Object.entries(metadata).reduce((sum, entry) => sum + sizeOf(entry), 0);
  for (const [name, value] of Object.entries(bundle.metadata)) {
    if (!NAME.test(name) || name in metadata) continue;
    if (typeof value !== "string" || !VALUE.test(value)) continue;
    left -= sizeOf([name, value]);
    if (left < 0) break;
    metadata[name] = value;
  }
  return { contentType: "application/json", metadata };
}

function sizeOf([name, value]: readonly [string, string]): number {
  return PREFIX.length + name.length + value.length;
}
