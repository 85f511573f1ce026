import { isJsonObject, JsonError, type JsonObject } from "../eventlog/json.ts";
import { findState } from "../metadata/evidence.ts";
import { indexBundle } from "../metadata/evidence_index.ts";
import { isNotFound } from "../objectstore/object_store_error.ts";
import { LONGEST_BUNDLE } from "./bundle.ts";
import { bundleOfBytes, checksumOf, sha256Hex } from "./bundle_bytes.ts";
import type { EvidenceContext } from "./context.ts";
import { createdAtInstant } from "./created_at.ts";
import { fingerprint } from "./fingerprint.ts";
import { correctionKey, firstBundleKey } from "./names.ts";
import type { Found, ListedObject } from "./reindex_objects.ts";

/**
 * Puts the bundle of an object into the index, whoever wrote it. One whose checksum is wrong is put
 * there as well, so that whoever asks for it is told.
 */
export async function indexFoundBundle(
  context: EvidenceContext,
  { key, lastModified, size }: ListedObject,
): Promise<Found> {
  // UTF-8 has at most three bytes for a unit of UTF-16.
  if (size > 3 * LONGEST_BUNDLE) return { problem: "it is too long for a bundle" };
  const bytes = await bytesAt(context, key);
  // It has been deleted since it was listed.
  if (bytes === undefined) return "indexed";
  try {
    return await indexRead(context, key, lastModified, bytes);
  } catch (error) {
    if (error instanceof JsonError) return { problem: `it is no bundle: ${error.message}` };
    throw error;
  }
}

async function indexRead(
  { sql }: EvidenceContext,
  key: string,
  storedAt: Date,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Found> {
  const { bundle } = bundleOfBytes(bytes);
  const createdAt = createdAtInstant(bundle.createdAt);
  if (createdAt === undefined) throw new JsonError("created_at is no time");
  const { checksum, createdAt: createdText, decisionId, evidenceType, version } = bundle;
  const name = { decisionId, evidenceType, version, createdAt };
  const previous = previousKey(bundle.metadata);
  const expected = previous === undefined ? firstBundleKey(name) : correctionKey(name);
  if (key !== expected) throw new JsonError(`its place is ${expected}`);
  if (previous !== undefined && await findState(sql, previous) === undefined) return "later";
  const outcome = await indexBundle(sql, {
    ...name,
    key,
    createdText,
    storedAt,
    checksum,
    sha256: sha256Hex(bytes),
    fingerprint: fingerprint(bundle),
    size: bytes.length,
    event: undefined,
  });
  if (outcome === "other") return { problem: "it is not what its event, or the index, tells of" };
  if (outcome === "taken") return { problem: "there is another version of that name" };
  const isRight = checksumOf(bundle.evidenceData) === checksum;
  return isRight ? "indexed" : { problem: "its checksum is wrong" };
}

/** The key of the version that a correction corrects. */
function previousKey({ previous }: JsonObject): string | undefined {
  const key = isJsonObject(previous) ? previous["key"] : undefined;
  return typeof key === "string" ? key : undefined;
}

async function bytesAt(
  { objects }: EvidenceContext,
  key: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return (await objects.getObject(key)).bytes;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
