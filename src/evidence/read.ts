import { JsonError } from "../eventlog/json.ts";
import { isNotFound } from "../objectstore/object_store_error.ts";
import { bundleOfBytes, checksumOf, sha256Hex } from "./bundle_bytes.ts";
import type { EvidenceContext } from "./context.ts";
import { EvidenceError } from "./evidence_error.ts";
import { find } from "./find.ts";
import type { KeptBundle, ReadBundle } from "./model.ts";

/** So many more bytes are read for the checksum of what should not be there. */
const MORE = 1_048_576;

/**
 * Reads evidence, and verifies it: its object has the bytes that the index knows, and its evidence
 * has the checksum that it says.
 *
 * @throws {EvidenceError} `notFound`, `gone`, `damaged`
 * @throws {ObjectStoreError}
 */
export async function read(
  context: EvidenceContext,
  decisionId: string,
  version?: string,
): Promise<ReadBundle> {
  const kept = await find(context, decisionId, version);
  const bytes = await bytesOf(context, kept);
  // What was deleted meanwhile is no damage.
  if (bytes === undefined) await find(context, decisionId, kept.version);
  return verified(kept, bytes);
}

/** Somebody may have put an object there that is too large for the memory. */
async function bytesOf(
  { objects }: EvidenceContext,
  kept: KeptBundle,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { key, size: expected } = kept;
  try {
    const { body, size } = await objects.getObjectStream(key);
    if (size <= expected + MORE) return new Uint8Array(await new Response(body).arrayBuffer());
    await body.cancel();
    throw damaged(kept, "size", String(expected), String(size));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function verified(kept: KeptBundle, bytes: Uint8Array<ArrayBuffer> | undefined): ReadBundle {
  if (bytes === undefined) throw damaged(kept, "sha256", kept.sha256, "nothing");
  const sha256 = sha256Hex(bytes);
  const read = examined(bytes);
  // Of what is wrong, what its writer can verify as well says most.
  if (read !== undefined && read.checksum !== kept.checksum) {
    throw damaged(kept, "checksum", kept.checksum, read.checksum);
  }
  if (read === undefined || sha256 !== kept.sha256) {
    throw damaged(kept, "sha256", kept.sha256, sha256);
  }
  const { bundle, text } = read;
  return { kept, bundle, text };
}

/** The bundle, with the checksum that its evidence has; `undefined` for what is none. */
function examined(bytes: Uint8Array) {
  try {
    const read = bundleOfBytes(bytes);
    return { ...read, checksum: checksumOf(read.bundle.evidenceData) };
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

function damaged(
  { decisionId, key, version }: KeptBundle,
  what: "checksum" | "sha256" | "size",
  expected: string,
  found: string,
): EvidenceError {
  return new EvidenceError(
    "damaged",
    `The evidence for decision ${decisionId} is not what was stored: its ${what} was ${expected} and is ${found}.`,
    { decision_id: decisionId, version, key, what, expected, found },
  );
}
